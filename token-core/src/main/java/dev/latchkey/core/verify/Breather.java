package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what an outage of the database costs: after a few failures in a row nobody asks for a
 * second, and then one caller a second does, until it is answered. So no request waits for what
 * others have just waited for in vain, and the database is not stormed when it comes back.
 * Thread-safe.
 */
final class Breather {

  private static final int FAILURES = 3;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ticker ticker;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong until;

  Breather(Ticker ticker) {
    this.ticker = ticker;
    this.until = new AtomicLong(ticker.read());
  }

  /** Whether this caller may ask now. Who may says afterwards how it went. */
  boolean mayAsk() {
    if (failures.get() < FAILURES) {
      return true;
    }
    long now = ticker.read();
    long end = until.get();
    return now - end >= 0 && until.compareAndSet(end, now + PAUSE_NANOS);
  }

  /** The database has answered. */
  void answered() {
    if (failures.get() != 0) {
      failures.set(0);
    }
  }

  /** The database has not answered. */
  void failed() {
    if (failures.incrementAndGet() >= FAILURES) {
      until.set(ticker.read() + PAUSE_NANOS);
    }
  }
}
