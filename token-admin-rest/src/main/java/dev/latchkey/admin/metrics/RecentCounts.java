package dev.latchkey.admin.metrics;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.administer.Inventory.Counts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The counts of the database, at most some minutes old. They are counted in the background, once a
 * minute at most, and take at most a twentieth of the time, however many tokens there are. Whoever
 * asks waits for a second at most, so that a database that hangs does not hide all other metrics.
 * Thread-safe.
 */
final class RecentCounts {

  private static final Logger LOG = System.getLogger(RecentCounts.class.getName());
  private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long TOO_OLD_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int SHARE = 20;

  private final Supplier<Counts> counting;
  private final Executor background;
  private final Ticker ticker;
  private final long patienceMillis;

  // Guarded by this.
  private @Nullable CompletableFuture<Counts> underWay;
  private @Nullable Counts last;
  private long countedAt;
  private long dueAt;

  RecentCounts(Supplier<Counts> counting, Executor background, Ticker ticker, long patienceMillis) {
    this.counting = counting;
    this.background = background;
    this.ticker = ticker;
    this.patienceMillis = patienceMillis;
    this.dueAt = ticker.read();
  }

  /** The counts; null when the database has not answered for a while. */
  @Nullable Counts get() {
    CompletableFuture<Counts> counted = begun();
    if (counted != null) {
      try {
        counted.get(patienceMillis, TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException notNow) {
        LOG.log(Level.DEBUG, "the database is not counted at the moment", notNow);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
    return recent();
  }

  private synchronized @Nullable Counts recent() {
    return last == null || ticker.read() - countedAt > TOO_OLD_NANOS ? null : last;
  }

  private synchronized @Nullable CompletableFuture<Counts> begun() {
    if (underWay != null || ticker.read() - dueAt < 0) {
      return underWay;
    }
    CompletableFuture<Counts> begun = new CompletableFuture<>();
    underWay = begun;
    try {
      background.execute(() -> count(begun));
    } catch (RuntimeException closed) {
      ended(null, ticker.read());
      begun.completeExceptionally(closed);
    }
    return begun;
  }

  private void count(CompletableFuture<Counts> begun) {
    long start = ticker.read();
    try {
      Counts counts = counting.get();
      ended(counts, start);
      begun.complete(counts);
    } catch (RuntimeException | Error failed) {
      ended(null, start);
      begun.completeExceptionally(new CompletionException(failed));
    }
  }

  private synchronized void ended(@Nullable Counts counts, long start) {
    long now = ticker.read();
    if (counts != null) {
      last = counts;
      countedAt = now;
    }
    dueAt = now + Math.max(KEPT_NANOS, SHARE * (now - start));
    underWay = null;
  }
}
