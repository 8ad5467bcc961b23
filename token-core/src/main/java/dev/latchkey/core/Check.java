package dev.latchkey.core;

import dev.latchkey.core.store.StoreUnavailableException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What a node finds of one thing that can fail, in one line for an operator. Immutable.
 *
 * @param detail {@code up}, or what is wrong
 */
public record Check(String name, Status status, String detail) {

  /** How it is. */
  public enum Status {
    /** It works. */
    UP("up"),
    /** Somebody should see to it, and the node does its work all the same. */
    WARNING("warning"),
    /** The node can't do its work. */
    DOWN("down");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    /** As probes answer it. */
    public String text() {
      return text;
    }
  }

  /** Of what the node can't do without; {@code trouble} is null when it works. */
  public static Check needed(String name, @Nullable String trouble) {
    return of(name, trouble, Status.DOWN);
  }

  /** Of what the node can do without; {@code trouble} is null when there is none. */
  public static Check minor(String name, @Nullable String trouble) {
    return of(name, trouble, Status.WARNING);
  }

  /**
   * Of a database that could not be opened yet; {@code failure} is what came in the way, if any.
   */
  public static Check notOpened(@Nullable Throwable failure) {
    return needed(
        "database",
        failure instanceof StoreUnavailableException told
            ? String.valueOf(told.getMessage())
            : "the database is not there yet");
  }

  private static Check of(String name, @Nullable String trouble, Status otherwise) {
    return trouble == null
        ? new Check(name, Status.UP, Status.UP.text())
        : new Check(name, otherwise, trouble);
  }

  /** {@link Status#DOWN} when one of them is, else {@link Status#UP}. */
  public static Status all(Collection<Check> checks) {
    return checks.stream().anyMatch(check -> check.status == Status.DOWN) ? Status.DOWN : Status.UP;
  }
}
