package dev.latchkey.core.feed;

import dev.latchkey.core.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Reads the change feed and passes on what is new. Thread-safe.
 *
 * <p>It begins at the head, so it must be opened before the first answer is remembered. When the
 * feed can't be read it goes on trying; how long an answer may be used meanwhile is not its matter.
 */
public final class FeedFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
  private static final int BATCH = 1000;

  private final Database database;
  private final ChangeFeed feed;
  private final FeedListener listener;
  private final ScheduledExecutorService thread;

  private long position;
  private volatile boolean failing;

  private FeedFollower(Database database, ChangeFeed feed, FeedListener listener, long position) {
    this.database = database;
    this.feed = feed;
    this.listener = listener;
    this.position = position;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread follower = new Thread(task, "latchkey-feed");
              follower.setDaemon(true);
              return follower;
            });
  }

  /**
   * A follower that stands at the head of the feed and moves only when {@link #poll} is called.
   *
   * @throws jakarta.persistence.PersistenceException when the feed can't be read
   */
  public static FeedFollower atHead(Database database, ChangeFeed feed, FeedListener listener) {
    return new FeedFollower(database, feed, listener, database.read(feed::head));
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
    return failing;
  }

  /** Passes on what has changed since the last call. Says so once when the feed can't be read. */
  synchronized void poll() {
    try {
      while (pollOnce()) {
        // there is more
      }
      if (failing) {
        failing = false;
        LOG.log(Level.INFO, "the change feed can be read again");
      }
    } catch (RuntimeException | LinkageError unreadable) {
      if (!failing) {
        failing = true;
        LOG.log(
            Level.WARNING,
            "the change feed can't be read; answers are used until latchkey.cache.max-stale",
            unreadable);
      }
    }
  }

  private boolean pollOnce() {
    long head = database.read(feed::head);
    if (head == position) {
      return false;
    }
    List<FeedRow> rows = database.read(em -> feed.after(em, position, BATCH));
    // Behind the head yet not there: purged while we were away. Before it: another, older database.
    boolean gap = head < position || rows.isEmpty() || rows.get(0).seq() != position + 1;
    if (gap) {
      LOG.log(Level.WARNING, "changes were missed, so all answers are forgotten");
      listener.anythingChanged();
      position = head;
      return true;
    }
    for (FeedRow row : rows) {
      listener.changed(row.change());
      position = row.seq();
    }
    return true;
  }

  /** Stops polling. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
