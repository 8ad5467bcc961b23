package dev.latchkey.core.feed;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the change feed and passes on what is new. Thread-safe.
 *
 * <p>When the feed can't be read it goes on trying; how long an answer may be used meanwhile is not
 * its matter.
 */
public final class FeedFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
  private static final int BATCH = 1000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Connections database;
  private final FeedListener listener;
  private final ScheduledExecutorService thread;
  private final OutageLog outage;
  private final Ticker ticker;
  private final ClockWatch clocks;

  private volatile long position;
  // The change at the position, as it was seen; null when it was not.
  private @Nullable FeedRow last;
  private volatile long readAt;
  private volatile long patienceNanos = PATIENCE_NANOS;

  private FeedFollower(
      Connections database, FeedListener listener, Clock clock, Ticker ticker, long position) {
    this.database = database;
    this.listener = listener;
    this.position = position;
    this.ticker = ticker;
    this.readAt = ticker.read();
    this.clocks = new ClockWatch(database, LOG, clock, ticker);
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "the change feed can't be read; answers are used until latchkey.cache.max-stale",
            "the change feed can be read again");
    this.thread = Executors.newSingleThreadScheduledExecutor(Threads.daemon("latchkey-feed"));
  }

  /**
   * Where the feed ends now. Ask before anything is remembered that a later change makes old.
   *
   * @throws dev.latchkey.core.store.DatabaseException when the feed can't be read
   */
  public static long head(Connections database) {
    return database.ask(FeedReader::head);
  }

  /** A follower that passes on what comes behind {@code position}, once it is started. */
  public static FeedFollower from(
      long position, Connections database, FeedListener listener, Clock clock, Ticker ticker) {
    return new FeedFollower(database, listener, clock, ticker, position);
  }

  /** Polls from now on, every {@code interval}, on a thread of its own. */
  public void start(Duration interval) {
    patienceNanos = PATIENCE_NANOS + 2 * interval.toNanos();
    thread.scheduleWithFixedDelay(this::poll, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Polls soon, whatever the interval. */
  public void wake() {
    try {
      thread.execute(this::poll);
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.DEBUG, "woken after it was closed", closed);
    }
  }

  /** Whether the feed could not be read the last time. */
  boolean failing() {
    return outage.failing();
  }

  /**
   * Why changes are not seen at the moment, in one line for an operator; null when they are. Asks
   * nobody, so it says so at once, also when the database hangs.
   */
  public @Nullable String trouble() {
    if (outage.failing()) {
      return "the change feed can't be read";
    }
    long silentNanos = ticker.read() - readAt;
    return silentNanos > patienceNanos
        ? "the change feed was not read for "
            + TimeUnit.NANOSECONDS.toSeconds(silentNanos)
            + " seconds"
        : null;
  }

  /**
   * How far this process's clock is from the database's, in one line for an operator; null when the
   * two agree. Asks nobody.
   */
  public @Nullable String clockTrouble() {
    return clocks.trouble();
  }

  /** The number of the last change that was passed on. Asks nobody. */
  public long position() {
    return position;
  }

  /** How long ago the feed was last read to its end. Asks nobody. */
  public Duration age() {
    return Duration.ofNanos(Math.max(0, ticker.read() - readAt));
  }

  /**
   * How far this process's clock is ahead of the database's, at least; negative when it is behind,
   * null before the first comparison. Asks nobody.
   */
  public @Nullable Duration clockOffset() {
    return clocks.offset();
  }

  /** Passes on what has changed since the last call. Says so once when the feed can't be read. */
  synchronized void poll() {
    try {
      while (pollOnce()) {
        // there is more
      }
      readAt = ticker.read();
      outage.worked();
      clocks.look();
    } catch (RuntimeException | Error unreadable) {
      // Whatever it was: what is thrown from here ends the polling.
      outage.failed(unreadable);
    }
  }

  private boolean pollOnce() {
    List<FeedRow> rows = database.ask(connection -> FeedReader.from(connection, position, BATCH));
    boolean lastIsThere = !rows.isEmpty() && rows.get(0).seq() == position;
    if (lastIsThere && last != null && !rows.get(0).sameAs(last)) {
      // A standby that lagged behind took over and went on: the same numbers, other changes.
      return missed(database.ask(FeedReader::head));
    }
    List<FeedRow> later = lastIsThere ? rows.subList(1, rows.size()) : rows;
    if (!lastIsThere && later.isEmpty()) {
      return movedWithoutRows();
    }
    if (lastIsThere) {
      last = rows.get(0);
    }
    for (FeedRow row : later) {
      if (row.seq() != position + 1) {
        // Purged while we were away.
        return missed(Math.max(database.ask(FeedReader::head), row.seq()));
      }
      listener.changed(row.change());
      position = row.seq();
      last = row;
    }
    return later.size() >= BATCH - 1;
  }

  // The row at the position is purged after a day, or there never was one.
  private boolean movedWithoutRows() {
    long head = database.ask(FeedReader::head);
    if (head < position) {
      // H2 may show the head of a moment ago while its writer commits; an older database stays so.
      head = database.ask(FeedReader::head);
    }
    if (head == position) {
      return false;
    }
    // Committed since the rows were read: then they are there now.
    List<FeedRow> now = database.ask(connection -> FeedReader.from(connection, position, 1));
    return head > position && !now.isEmpty() || missed(head);
  }

  private boolean missed(long head) {
    LOG.log(Level.WARNING, "changes were missed, so all answers are forgotten");
    listener.anythingChanged();
    position = head;
    last = null;
    return true;
  }

  /** Stops polling; waits for a poll under way. */
  @Override
  public void close() {
    Threads.end(thread);
  }
}
