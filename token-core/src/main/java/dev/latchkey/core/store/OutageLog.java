package dev.latchkey.core.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells the log that something does not work and that it works again: a line each, not a line per
 * request, and at most once a minute however often it changes; what is not told is counted.
 * Thread-safe; cheap while it works.
 */
public final class OutageLog {

  private static final long INTERVAL_MILLIS = 60_000;

  private final Logger log;
  private final Clock clock;
  private final String failingMessage;
  private final String workingMessage;
  private final AtomicLong quietUntil = new AtomicLong(Long.MIN_VALUE);
  private final LongAdder untold = new LongAdder();
  private volatile boolean failing;
  private volatile boolean told;

  /**
   * A log of one kind of outage.
   *
   * @param failingMessage what does not work, and what that means
   * @param workingMessage that it works again
   */
  public OutageLog(Logger log, Clock clock, String failingMessage, String workingMessage) {
    this.log = log;
    this.clock = clock;
    this.failingMessage = failingMessage;
    this.workingMessage = workingMessage;
  }

  /** It did not work. */
  public void failed(Throwable cause) {
    failing = true;
    long now = clock.millis();
    long until = quietUntil.get();
    // A clock that was set back must not make it quiet for longer.
    boolean quiet = now < until && until - now <= INTERVAL_MILLIS;
    if (!quiet && quietUntil.compareAndSet(until, now + INTERVAL_MILLIS)) {
      told = true;
      long more = untold.sumThenReset();
      log.log(
          Level.WARNING,
          failingMessage
              + " ("
              + reason(cause)
              + ")"
              + (more == 0 ? "" : ", " + more + " more since the line before"));
      log.log(Level.DEBUG, failingMessage, cause);
    } else {
      untold.increment();
    }
  }

  // What lies deepest says most, and in one line.
  private static String reason(Throwable failed) {
    Throwable cause = failed;
    while (cause.getCause() != null && !(cause instanceof StoreUnavailableException)) {
      cause = cause.getCause();
    }
    return cause instanceof StoreUnavailableException unavailable
        ? firstLine(unavailable.forTheLog())
        : cause.getClass().getSimpleName() + ": " + firstLine(String.valueOf(cause.getMessage()));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  /** It worked. */
  public void worked() {
    if (failing) {
      failing = false;
      if (told) {
        told = false;
        log.log(Level.INFO, workingMessage);
      }
    }
  }

  /** Whether it did not work the last time. */
  public boolean failing() {
    return failing;
  }
}
