package dev.latchkey.run;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The terminal of whoever has called Maven; says one thing once. Thread-safe. */
final class Console {

  private final PrintStream out;
  private final AtomicBoolean said = new AtomicBoolean();

  Console(PrintStream out) {
    this.out = out;
  }

  /** Says the lines, unless something was said before. */
  void say(List<String> lines) {
    if (said.compareAndSet(false, true)) {
      lines.forEach(out::println);
      out.flush();
    }
  }

  /** Says why, and ends this process with a failure. */
  void cannotRun(String reason) {
    say(List.of("Latchkey can't run: " + reason));
    Runtime.getRuntime().halt(1);
  }

  /** From now on, an end before anything was said is told as well: the server may end us. */
  void watch(Path log) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> say(List.of("Latchkey ended before it was ready; " + log + " says more")),
                "ended-early"));
  }
}
