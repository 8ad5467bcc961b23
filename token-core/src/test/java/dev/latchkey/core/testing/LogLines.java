package dev.latchkey.core.testing;

import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** A log that a test reads: each line after its level, but for what only a developer sees. */
public final class LogLines implements Logger {

  private final List<String> lines = new ArrayList<>();

  /** What was logged so far, the oldest first. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public String getName() {
    return "test";
  }

  @Override
  public boolean isLoggable(Level level) {
    return true;
  }

  @Override
  public void log(
      Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
    add(level, message);
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      String format,
      @Nullable Object @Nullable ... params) {
    add(level, format);
  }

  private void add(Level level, String line) {
    if (level != Level.DEBUG) {
      lines.add(level + " " + line);
    }
  }
}
