package dev.latchkey.core.feed;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.DatabaseClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares this process's clock, by which tokens expire, with the database's, at the start and once
 * a minute, and tells the log when they begin to differ and when they agree again. Which of the two
 * is wrong it can't know. Asked by one thread at a time; what it found may be read by any.
 */
final class ClockWatch {

  // NTP leaves milliseconds, and nobody gives a token a life of a few seconds.
  private static final Duration TOLERANCE = Duration.ofSeconds(5);
  // Less than what they began to differ at, so that a difference about there is not told again.
  private static final Duration AGREED = Duration.ofSeconds(3);
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long REMINDER_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Connections database;
  private final Logger log;
  private final Clock clock;
  private final Ticker ticker;
  private long due;
  private long toldAt;
  private volatile @Nullable String trouble;
  private volatile @Nullable Duration offset;

  ClockWatch(Connections database, Logger log, Clock clock, Ticker ticker) {
    this.database = database;
    this.log = log;
    this.clock = clock;
    this.ticker = ticker;
    this.due = ticker.read();
  }

  /** How far the two differ, in one line for an operator; null when they do not. */
  @Nullable String trouble() {
    return trouble;
  }

  /** How far this clock is ahead, at least; null before the first comparison. */
  @Nullable Duration offset() {
    return offset;
  }

  /** Compares, when it is time to. What keeps the database from answering is not told here. */
  void look() {
    if (ticker.read() - due < 0) {
      return;
    }
    due = ticker.read() + INTERVAL_NANOS;
    try {
      compared(database.ask(this::ahead));
    } catch (RuntimeException | Error notAnswered) {
      // What is thrown from here would be taken for trouble with the feed.
      log.log(Level.DEBUG, "the database does not tell the time", notAnswered);
    }
  }

  /** How far this clock is ahead, at least; negative when it is behind. */
  private Duration ahead(Connection connection) throws SQLException {
    Instant asked = clock.instant();
    long start = ticker.read();
    Instant theirs = DatabaseClock.now(connection, database.kind());
    Duration waited = Duration.ofNanos(ticker.read() - start);
    // It looked at its clock at any time while we waited; only what is certain counts.
    Duration least = Duration.between(theirs, asked);
    Duration most = least.plus(waited);
    if (!least.isNegative()) {
      return least;
    }
    return most.isNegative() ? most : Duration.ZERO;
  }

  private void compared(Duration ahead) {
    offset = ahead;
    boolean differed = trouble != null;
    if (ahead.abs().compareTo(differed ? AGREED : TOLERANCE) <= 0) {
      trouble = null;
      if (differed) {
        log.log(Level.INFO, "the clock of this node and the database's agree again");
      }
      return;
    }
    String found =
        "the clock of this node is "
            + ahead.abs().plusMillis(500).toSeconds()
            + (ahead.isNegative() ? " seconds behind" : " seconds ahead of")
            + " the database's";
    trouble = found;
    if (!differed || ticker.read() - toldAt >= REMINDER_NANOS) {
      toldAt = ticker.read();
      log.log(Level.WARNING, found + "; tokens expire by the clock of the node");
    }
  }
}
