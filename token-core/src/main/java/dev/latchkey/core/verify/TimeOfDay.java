package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time of day at a moment that the ticker names, so that one look at one clock is enough for a
 * check. Thread-safe.
 *
 * <p>{@link #kept} goes by what the clock said at most 100 ms ago and by what the ticker has
 * counted since. It is never behind the clock, and at most a millisecond ahead of it, but for at
 * most 100 ms after somebody has set the clock, or after a machine that was suspended goes on: the
 * ticker stands still meanwhile.
 */
final class TimeOfDay {

  private static final long NANOS_IN_MILLI = 1_000_000;
  private static final long KEPT_NANOS = 100 * NANOS_IN_MILLI;
  private static final long LONGEST_LOOK_NANOS = NANOS_IN_MILLI;

  private final Clock clock;
  private final Ticker ticker;
  private final long keptNanos;
  private volatile @Nullable Look last;

  private TimeOfDay(Clock clock, Ticker ticker, long keptNanos) {
    this.clock = clock;
    this.ticker = ticker;
    this.keptNanos = keptNanos;
  }

  /**
   * By the system's clock as {@link #kept}; by any other, which is somebody's to set, by a new look
   * each time.
   */
  static TimeOfDay of(Clock clock, Ticker ticker) {
    return clock.equals(Clock.systemUTC()) ? kept(clock, ticker) : new TimeOfDay(clock, ticker, 0);
  }

  /** By a look at the clock that is at most 100 ms old. */
  static TimeOfDay kept(Clock clock, Ticker ticker) {
    return new TimeOfDay(clock, ticker, KEPT_NANOS);
  }

  /** What the clock said at a look, and what the ticker had counted just before. */
  private record Look(long ticks, long epochNanos) {}

  /**
   * Milliseconds since 1970.
   *
   * @param ticks what the ticker has just said
   */
  long millisAt(long ticks) {
    Look look = last;
    if (look != null) {
      // Another thread may have looked after these ticks were read.
      long since = Math.max(0, ticks - look.ticks);
      if (since < keptNanos) {
        return millis(look.epochNanos + since);
      }
    }
    return look();
  }

  private long look() {
    long before = ticker.read();
    Instant now = clock.instant();
    long epochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    // By the ticks before, it can only be ahead. Who was stopped in between does not know how far.
    if (ticker.read() - before <= LONGEST_LOOK_NANOS) {
      last = new Look(before, epochNanos);
    }
    return millis(epochNanos);
  }

  private static long millis(long nanos) {
    return Math.floorDiv(nanos, NANOS_IN_MILLI);
  }
}
