package dev.latchkey.filter;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.Threads;
import dev.latchkey.core.verify.TokenVerifier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts a node in the background and goes on trying until it runs, so that an application starts
 * whatever the state of the database, and mends itself. The first requests wait for the first
 * attempt, a few of them and not for long. Thread-safe.
 */
final class NodeStarter implements AutoCloseable {

  private static final Logger LOG = System.getLogger(NodeStarter.class.getName());
  private static final int RETRY_SECONDS = 5;
  private static final int PATIENCE_SECONDS = 10;
  private static final int WAITING_REQUESTS = 50;

  private final Supplier<LatchkeyNode> opener;
  private final OutageLog outage;
  private final CountDownLatch firstAttempt = new CountDownLatch(1);
  private final Semaphore mayWait = new Semaphore(WAITING_REQUESTS);
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Threads.daemon("latchkey-start"));
  private volatile @Nullable LatchkeyNode node;

  NodeStarter(Supplier<LatchkeyNode> opener, Clock clock) {
    this.opener = opener;
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "tokens can't be checked yet, what is protected answers 503; it is tried again",
            "tokens can be checked now");
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  static NodeStarter start(Settings settings, Clock clock) {
    NodeStarter starter =
        new NodeStarter(() -> LatchkeyNode.open(settings, clock, Ticker.systemTicker()), clock);
    starter.start();
    return starter;
  }

  void start() {
    thread.execute(this::attempt);
  }

  /** The verifier; null when there is none yet. */
  @Nullable TokenVerifier verifier() {
    LatchkeyNode running = node;
    if (running == null) {
      awaitFirstAttempt();
      running = node;
    }
    return running == null ? null : running.verifier();
  }

  private void awaitFirstAttempt() {
    if (firstAttempt.getCount() > 0 && mayWait.tryAcquire()) {
      try {
        boolean ended = firstAttempt.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        LOG.log(Level.TRACE, "first attempt ended: {0}", ended);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } finally {
        mayWait.release();
      }
    }
  }

  void attempt() {
    try {
      node = opener.get();
      outage.worked();
      thread.shutdown();
    } catch (RuntimeException | LinkageError notYet) {
      outage.failed(notYet);
      tryLater();
    } finally {
      firstAttempt.countDown();
    }
  }

  private void tryLater() {
    try {
      thread.schedule(this::attempt, RETRY_SECONDS, TimeUnit.SECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.TRACE, "closed before it could start", closed);
    }
  }

  /** Stops trying, or the node. */
  @Override
  public void close() {
    Threads.end(thread);
    LatchkeyNode running = node;
    if (running != null) {
      running.close();
    }
  }
}
