package dev.latchkey.core;

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
