package dev.latchkey.core.feed;

import dev.latchkey.core.store.Database;
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

/**
 * Reads the change feed and passes on what is new. Thread-safe.
 *
 * <p>When the feed can't be read it goes on trying; how long an answer may be used meanwhile is not
 * its matter.
 */
public final class FeedFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
  private static final int BATCH = 1000;

  private final Database database;
  private final ChangeFeed feed;
  private final FeedListener listener;
  private final ScheduledExecutorService thread;
  private final OutageLog outage;

  private long position;

  private FeedFollower(
      Database database, ChangeFeed feed, FeedListener listener, Clock clock, long position) {
    this.database = database;
    this.feed = feed;
    this.listener = listener;
    this.position = position;
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
   * @throws jakarta.persistence.PersistenceException when the feed can't be read
   */
  public static long head(Database database, ChangeFeed feed) {
    return database.read(feed::head);
  }

  /** A follower that passes on what comes behind {@code position}, once it is started. */
  public static FeedFollower from(
      long position, Database database, ChangeFeed feed, FeedListener listener, Clock clock) {
    return new FeedFollower(database, feed, listener, clock, position);
  }

  /** Polls from now on, every {@code interval}, on a thread of its own. */
  public void start(Duration interval) {
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
  public boolean failing() {
    return outage.failing();
  }

  /** Passes on what has changed since the last call. Says so once when the feed can't be read. */
  synchronized void poll() {
    try {
      while (pollOnce()) {
        // there is more
      }
      outage.worked();
    } catch (RuntimeException | Error unreadable) {
      // Whatever it was: what is thrown from here ends the polling.
      outage.failed(unreadable);
    }
  }

  private boolean pollOnce() {
    long head = database.read(feed::head);
    if (head < position) {
      // H2 may show the head of a moment ago while its writer commits; an older database stays so.
      head = database.read(feed::head);
    }
    if (head == position) {
      return false;
    }
    List<FeedRow> rows = database.read(em -> feed.after(em, position, BATCH));
    // Behind the head yet not there: purged while we were away. Before it: another, older database.
    if (head < position || rows.isEmpty()) {
      return missed(head);
    }
    for (FeedRow row : rows) {
      if (row.seq() != position + 1) {
        return missed(Math.max(head, row.seq()));
      }
      listener.changed(row.change());
      position = row.seq();
    }
    return true;
  }

  private boolean missed(long upTo) {
    LOG.log(Level.WARNING, "changes were missed, so all answers are forgotten");
    listener.anythingChanged();
    position = upTo;
    return true;
  }

  /** Stops polling; waits for a poll under way. */
  @Override
  public void close() {
    Threads.end(thread);
  }
}
