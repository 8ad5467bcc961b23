package dev.latchkey.core.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits, in real time, for what another thread or process does. */
public final class Waiting {

  private Waiting() {}

  /** Returns when it holds, or after that long; the caller asserts. */
  public static void until(Duration patience, BooleanSupplier holds) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!holds.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }
}
