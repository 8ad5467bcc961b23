package dev.latchkey.core;

import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts something that needs the database on a thread of its own and goes on trying until it runs,
 * so that an application starts whatever the state of the database, and mends itself. Whoever
 * begins it waits for the first attempt, and so do the first callers, a few of them; nobody for
 * long. Thread-safe.
 *
 * @param <T> what is started; closed with this
 */
public final class BackgroundStart<T extends AutoCloseable> implements AutoCloseable {

  private static final Logger LOG = System.getLogger(BackgroundStart.class.getName());
  // As long as a connection may take, so a database that is away holds up no deployment for longer.
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(5);
  private static final long FIRST_RETRY_MILLIS = 250;
  private static final long LAST_RETRY_MILLIS = 5000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_WAITING = 50;

  private final Supplier<T> opener;
  private final OutageLog outage;
  private final Duration patienceAtStart;
  // Made once: a call site that could not be linked, as a class was not loaded, never can be.
  private final Runnable attempt = this::attempt;
  private final CountDownLatch firstAttempt = new CountDownLatch(1);
  private final Semaphore mayWait = new Semaphore(MOST_WAITING);
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Threads.daemon("latchkey-start"));
  private volatile @Nullable T running;
  private volatile boolean closed;

  // Only touched by the thread that starts.
  private long retryMillis = FIRST_RETRY_MILLIS;
  private volatile @Nullable Throwable lastFailure;

  /**
   * Something that is not started yet.
   *
   * @param opener starts it, or throws when that is not possible yet
   */
  public BackgroundStart(Supplier<T> opener, Clock clock) {
    this(opener, clock, PATIENCE_AT_START);
  }

  /**
   * The same for what takes longer to load.
   *
   * @param patienceAtStart how long {@link #begin} waits for the first attempt; one that fails
   *     earlier is not waited for
   */
  public BackgroundStart(Supplier<T> opener, Clock clock, Duration patienceAtStart) {
    this.opener = opener;
    this.patienceAtStart = patienceAtStart;
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "tokens can't be checked yet, what is protected answers 503; it is tried again",
            "tokens can be checked now");
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Starts it, and returns when the first attempt has ended, or after some seconds.
   *
   * <p>To be called while the server starts the application. When that is done, GlassFish and
   * Payara close its jars, and a class that another thread is loading just then can't be loaded.
   * Often the next attempt loads it; but where it was needed by a static initializer or by a lambda
   * the JVM never tries again. So all classes are to be loaded before the server goes on.
   */
  public void begin() {
    thread.execute(attempt);
    awaitFirstAttempt(patienceAtStart);
  }

  /** What was started; null when it does not run yet. */
  public @Nullable T running() {
    T ready = running;
    if (ready == null) {
      awaitFirstAttempt(PATIENCE);
      ready = running;
    }
    return ready;
  }

  /** Why it does not run yet, for an operator; null when it runs or was not tried yet. */
  public @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  private void awaitFirstAttempt(Duration patience) {
    if (firstAttempt.getCount() > 0 && mayWait.tryAcquire()) {
      try {
        boolean ended = firstAttempt.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        LOG.log(Level.TRACE, "first attempt ended: {0}", ended);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } finally {
        mayWait.release();
      }
    }
  }

  private void attempt() {
    try {
      running = opener.get();
      lastFailure = null;
      if (closed) {
        // It took longer than whoever closed this could wait.
        end();
      }
    } catch (RuntimeException | Error notYet) {
      lastFailure = notYet;
      // Before it is told, which may fail as well.
      tryLater();
      outage.failed(notYet);
      return;
    } finally {
      firstAttempt.countDown();
    }
    outage.worked();
  }

  private void tryLater() {
    try {
      thread.schedule(attempt, retryMillis, TimeUnit.MILLISECONDS);
      retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.TRACE, "closed before it could start", closed);
    }
  }

  /** Stops trying, or closes what runs. */
  @Override
  public void close() {
    closed = true;
    Threads.end(thread);
    end();
  }

  private synchronized void end() {
    T ended = running;
    running = null;
    if (ended != null) {
      try {
        ended.close();
      } catch (Exception unclean) {
        LOG.log(Level.WARNING, "did not end cleanly", unclean);
      }
    }
  }
}
