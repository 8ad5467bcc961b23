package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoField;
import org.jspecify.annotations.Nullable;

/**
 * The time of day at a moment that the ticker names, so that one look at one clock is enough for a
 * check. Thread-safe.
 *
 * <p>{@link #kept} goes by what the clock said less than a millisecond ago and by what the ticker
 * has counted since. It is never behind the clock, and at most a tenth of a millisecond ahead of
 * it; a clock that is set, or a suspended machine that goes on, is seen within a millisecond.
 */
public final class TimeOfDay {

  private static final long NANOS_IN_MILLI = 1_000_000;
  // Under load a look serves thousands of checks all the same.
  private static final long KEPT_NANOS = NANOS_IN_MILLI;
  private static final long LONGEST_LOOK_NANOS = NANOS_IN_MILLI / 10;

  private final Clock clock;
  private final Ticker ticker;
  private final long keptNanos;
  private volatile @Nullable Look last;

  private TimeOfDay(Clock clock, Ticker ticker, long keptNanos) {
    this.clock = clock;
    this.ticker = ticker;
    this.keptNanos = keptNanos;
  }

  /** By a new look at the clock each time: for a clock that whoever owns it may set at any time. */
  public static TimeOfDay looked(Clock clock, Ticker ticker) {
    return new TimeOfDay(clock, ticker, 0);
  }

  /** By a look at the clock that is less than a millisecond old. */
  public static TimeOfDay kept(Clock clock, Ticker ticker) {
    return new TimeOfDay(clock, ticker, KEPT_NANOS);
  }

  /** What the clock said at a look, and what the ticker had counted just before. */
  private record Look(long ticks, long epochMillis, long nanosOfMilli) {

    long millisAfter(long nanos) {
      return epochMillis + (nanosOfMilli + nanos) / NANOS_IN_MILLI;
    }
  }

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
        return look.millisAfter(since);
      }
    }
    return look();
  }

  private long look() {
    long before = ticker.read();
    Instant now = clock.instant();
    long epochMillis = now.toEpochMilli();
    // By the ticks before, it can only be ahead. Who was stopped in between does not know how far.
    if (ticker.read() - before <= LONGEST_LOOK_NANOS) {
      last =
          new Look(before, epochMillis, now.getLong(ChronoField.NANO_OF_SECOND) % NANOS_IN_MILLI);
    }
    return epochMillis;
  }
}
