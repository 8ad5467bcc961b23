package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The one place that waits: asks again until the answer is yes, and tells how long that took. */
public final class Eventually {

  private static final long PAUSE_MILLIS = 10;

  private Eventually() {}

  /**
   * Asks {@code condition} until it holds.
   *
   * @return the time until it held
   * @throws AssertionError when it does not hold within {@code limit}
   */
  public static Duration within(Duration limit, String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      Duration passed = Duration.ofNanos(System.nanoTime() - start);
      assertThat(passed).as("waited for: %s", what).isLessThan(limit);
      pause();
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", stop);
    }
  }
}
