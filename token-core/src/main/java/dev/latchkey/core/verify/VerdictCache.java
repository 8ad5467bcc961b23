package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.metrics.Histogram;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers in memory, in front of the database. Thread-safe; a hit takes no lock.
 *
 * <p>What admits and what refuses are kept apart, each within its own bound, so that a flood of
 * refusals can't push good tokens out. An id is looked up by one thread at a time, however many ask
 * for it.
 *
 * <p><b>The hazard.</b> A look-up reads "active"; an admin deactivates the token, and the change is
 * applied here; the look-up then stores its old answer, which would live on. Therefore everything
 * that stores or forgets holds one lock, a look-up in flight is known by name, and forgetting marks
 * it as overtaken: its answer is thrown away and the database is asked again. The lock is never
 * held while the database is asked.
 */
final class VerdictCache {

  /** The bounds of a cache. */
  record Bounds(
      long maxSize,
      long refreshAfterNanos,
      long maxStaleNanos,
      int concurrentLookups,
      long lookupWaitNanos) {}

  private static final int WAITING_PER_LOOKUP = 25;
  private static final int MOST_REPEATS = 100;
  private static final long SMALLEST_REFUSALS = 1000;
  private static final double[] LOOKUP_SECONDS = {
    .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5
  };

  private final Cache<Long, Answer> admitting;
  private final Cache<Long, Answer> refusing;

  // What was forgotten after it was seen expired: a clock set back must not undo that (A20).
  private final Cache<Long, Long> seenOver;
  private final LongFunction<Finding> store;
  private final Executor refresher;
  private final Ticker ticker;
  private final Bounds bounds;
  private final long retryAfterNanos;
  private final Semaphore permits;
  private final Breather breather;
  private final Histogram lookupSeconds = new Histogram(LOOKUP_SECONDS);
  private final LongAdder found = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder failed = new LongAdder();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Lookup> lookups = new HashMap<>();

  /**
   * An empty cache.
   *
   * @param store asks the database for an id; throws when it does not answer
   * @param refresher runs what can be done in the background, and may refuse to
   */
  VerdictCache(LongFunction<Finding> store, Executor refresher, Ticker ticker, Bounds bounds) {
    this.store = store;
    this.refresher = refresher;
    this.ticker = ticker;
    this.bounds = bounds;
    this.retryAfterNanos = Math.min(bounds.refreshAfterNanos, TimeUnit.SECONDS.toNanos(5));
    this.permits = new Semaphore(bounds.concurrentLookups);
    this.breather = new Breather(ticker);
    // Caffeine keeps house on the calling thread; it is little, and never our callers' pool.
    this.admitting =
        Caffeine.newBuilder()
            .maximumSize(bounds.maxSize)
            .executor(Runnable::run)
            .<Long, Answer>removalListener((id, answer, cause) -> keepIfOver(id, answer))
            .build();
    long refusals = Math.max(SMALLEST_REFUSALS, bounds.maxSize / 10);
    this.refusing = Caffeine.newBuilder().maximumSize(refusals).executor(Runnable::run).build();
    this.seenOver = Caffeine.newBuilder().maximumSize(refusals).executor(Runnable::run).build();
  }

  /**
   * The answer in memory, when it is young enough to be used; else null.
   *
   * @param now what the ticker has just said
   */
  @Nullable Answer get(Long id, long now) {
    Answer answer = peek(id);
    return answer == null || answer.olderThan(bounds.maxStaleNanos, now) ? null : answer;
  }

  /** Has the database asked again in the background when it is time to. */
  void refreshIfDue(Long id, Answer answer, long now) {
    if (answer.claimRefresh(now, retryAfterNanos)) {
      refresh(id);
    }
  }

  /**
   * The answer of the database, asked now, by this thread or by another that asks already.
   *
   * @throws LookupFailedException when the database did not answer, or too many are asking it
   */
  Answer lookUp(Long id) throws LookupFailedException {
    Lookup lookup;
    boolean mine;
    lock.lock();
    try {
      Answer justStored = peek(id);
      if (justStored != null && !justStored.olderThan(bounds.maxStaleNanos, ticker.read())) {
        return justStored;
      }
      // A look-up in the background gives way when it is crowded; a request does not join that.
      lookup = lookups.get(id);
      mine = lookup == null || lookup.background;
      if (lookup == null || lookup.background) {
        lookup = new Lookup(false);
        lookups.put(id, lookup);
      }
    } finally {
      lock.unlock();
    }
    if (mine) {
      perform(id, lookup);
    }
    Answer answer = lookup.await(bounds.lookupWaitNanos);
    // A process that was stopped on the way may hold what is too old by now.
    if (answer.olderThan(bounds.maxStaleNanos, ticker.read())) {
      throw new LookupFailedException("the answer was too old when it came", null);
    }
    return answer;
  }

  /** Forgets a token; from the return on no earlier answer about it is used. */
  void forget(Long id) {
    lock.lock();
    try {
      Lookup inFlight = lookups.get(id);
      if (inFlight != null) {
        inFlight.overtaken = true;
      }
      admitting.invalidate(id);
      refusing.invalidate(id);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all tokens of a third party. */
  void forgetThirdParty(String thirdPartyId) {
    lock.lock();
    try {
      // Whose token a look-up in flight is asking for is not known yet.
      lookups.values().forEach(inFlight -> inFlight.overtaken = true);
      admitting.asMap().values().removeIf(answer -> answer.concerns(thirdPartyId));
      refusing.asMap().values().removeIf(answer -> answer.concerns(thirdPartyId));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything. */
  void forgetAll() {
    lock.lock();
    try {
      lookups.values().forEach(inFlight -> inFlight.overtaken = true);
      admitting.invalidateAll();
      refusing.invalidateAll();
    } finally {
      lock.unlock();
    }
  }

  /** How long the database took to answer, or not to. */
  Histogram.Snapshot lookupSeconds() {
    return lookupSeconds.snapshot();
  }

  /** What the database has answered so far. */
  Lookups lookups() {
    return new Lookups(found.sum(), unknown.sum(), failed.sum());
  }

  /** How many answers that admit are held, about. */
  long admittingSize() {
    return admitting.estimatedSize();
  }

  /** How many answers that refuse are held, about. */
  long refusingSize() {
    return refusing.estimatedSize();
  }

  /** How many answers are held, about. */
  long size() {
    return admitting.estimatedSize() + refusing.estimatedSize();
  }

  /** Does now what is left of keeping within the bounds. */
  void cleanUp() {
    admitting.cleanUp();
    refusing.cleanUp();
  }

  private @Nullable Answer peek(Long id) {
    Answer answer = admitting.getIfPresent(id);
    return answer == null ? refusing.getIfPresent(id) : answer;
  }

  private void keepIfOver(@Nullable Long id, @Nullable Answer answer) {
    if (id != null && answer != null && answer.seenOverAt() != Grant.NEVER) {
      seenOver.put(id, answer.seenOverAt());
    }
  }

  private void refresh(Long id) {
    Lookup lookup = new Lookup(true);
    lock.lock();
    try {
      if (lookups.putIfAbsent(id, lookup) != null) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      refresher.execute(() -> perform(id, lookup));
    } catch (RejectedExecutionException busy) {
      fail(id, lookup, busy);
    }
  }

  private void perform(Long id, Lookup lookup) {
    try {
      acquire(!lookup.background);
      try {
        // Whoever has waited for a permit finds out here that the others have waited in vain.
        if (!breather.mayAsk()) {
          throw new LookupFailedException("the database did not answer a moment ago", null);
        }
        lookup.result.complete(ask(id, lookup));
      } finally {
        permits.release();
      }
    } catch (LookupFailedException | RuntimeException | Error failed) {
      // Also when memory ran out: a look-up left behind would be waited for by all that come after.
      fail(id, lookup, failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      fail(id, lookup, stopped);
    }
  }

  private void acquire(boolean mayWait) throws InterruptedException, LookupFailedException {
    boolean crowded = permits.getQueueLength() >= bounds.concurrentLookups * WAITING_PER_LOOKUP;
    boolean acquired =
        (mayWait && !crowded)
            ? permits.tryAcquire(bounds.lookupWaitNanos, TimeUnit.NANOSECONDS)
            : permits.tryAcquire();
    if (!acquired) {
      throw new LookupFailedException("too many look-ups at once", null);
    }
  }

  private Answer ask(Long id, Lookup lookup) throws LookupFailedException {
    for (int i = 0; i < MOST_REPEATS; i++) {
      long askedAt = ticker.read();
      Finding finding = asked(id);
      Answer answer = new Answer(finding, askedAt, askedAt + bounds.refreshAfterNanos);
      if (stored(id, lookup, answer)) {
        return answer;
      }
    }
    throw new LookupFailedException("changes faster than it can be read", null);
  }

  private Finding asked(Long id) {
    boolean answered = false;
    long start = ticker.read();
    try {
      Finding finding = store.apply(id);
      answered = true;
      breather.answered();
      boolean isThere = !(finding instanceof Unusable unusable) || unusable.hash() != null;
      (isThere ? found : unknown).increment();
      return finding;
    } finally {
      lookupSeconds.record(ticker.read() - start);
      if (!answered) {
        breather.failed();
        failed.increment();
      }
    }
  }

  private boolean stored(Long id, Lookup lookup, Answer answer) {
    lock.lock();
    try {
      if (lookups.get(id) != lookup) {
        // A request asks as well, later than this refresh: its answer is the one to keep.
        return true;
      }
      if (lookup.overtaken) {
        lookup.overtaken = false;
        return false;
      }
      Answer earlier = peek(id);
      if (earlier != null) {
        answer.succeed(earlier);
      }
      Long over = seenOver.getIfPresent(id);
      if (over != null) {
        answer.succeed(over);
      }
      // Into the one before out of the other, so that a reader finds it all the while.
      if (answer.admits()) {
        admitting.put(id, answer);
        refusing.invalidate(id);
      } else {
        refusing.put(id, answer);
        admitting.invalidate(id);
      }
      lookups.remove(id);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void fail(Long id, Lookup lookup, Throwable failed) {
    lock.lock();
    try {
      lookups.remove(id, lookup);
    } finally {
      lock.unlock();
    }
    lookup.result.completeExceptionally(failed);
  }

  /** The database did not answer. */
  static final class LookupFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    LookupFailedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private static final class Lookup {

    final CompletableFuture<Answer> result = new CompletableFuture<>();
    final boolean background;

    // Guarded by the cache's lock.
    boolean overtaken;

    Lookup(boolean background) {
      this.background = background;
    }

    Answer await(long nanos) throws LookupFailedException {
      try {
        return result.get(nanos, TimeUnit.NANOSECONDS);
      } catch (ExecutionException failed) {
        throw new LookupFailedException("the database did not answer", failed.getCause());
      } catch (TimeoutException late) {
        throw new LookupFailedException("the database did not answer in time", late);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new LookupFailedException("interrupted", stopped);
      }
    }
  }
}
