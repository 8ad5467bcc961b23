package dev.latchkey.admin.admission;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Bounds one kind of costly work: how many requests do it at once, how many wait for their turn,
 * and how many of both one caller may have. Everybody else is refused at once, so that no flood
 * holds the server's threads. Thread-safe.
 *
 * <pre>{@code
 * return admission.inTurn(Fingerprint.of(place), () -> costly.work());
 * }</pre>
 */
public final class Admission {

  private final int most;
  private final int share;
  private final Duration patience;
  private final boolean rests;
  private final Semaphore permits;

  // From when on the next request may work, where the work rests between two of them.
  private volatile long readyAt = System.nanoTime();

  // At most so many entries as requests are inside; guarded by itself.
  private final Map<Fingerprint, Integer> inside = new HashMap<>();
  private int count;

  /**
   * A bound that nobody has used yet.
   *
   * @param permits how many requests work at once
   * @param waiting how many more wait for their turn
   * @param share how many requests of one caller are inside, working or waiting
   * @param patience how long a request waits at most
   */
  public Admission(int permits, int waiting, int share, Duration patience) {
    this(permits, waiting, share, patience, false);
  }

  /**
   * The same for work that keeps a processor busy.
   *
   * @param rests whether as much time passes between two works as the first one took, so that a
   *     flood never takes more than half of a processor
   */
  public Admission(int permits, int waiting, int share, Duration patience, boolean rests) {
    this.most = permits + waiting;
    this.share = share;
    this.patience = patience;
    this.rests = rests;
    this.permits = new Semaphore(permits, true);
  }

  /**
   * What {@code work} answers, done when it is its turn.
   *
   * @param caller what tells callers apart, such as the place of their address
   * @throws CrowdedException when there is no place to wait in, or no turn within the patience; the
   *     work was not begun
   */
  public <T> T inTurn(Fingerprint caller, Supplier<T> work) {
    takePlace(caller);
    try {
      if (!permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw CrowdedException.byAll();
      }
      try {
        rest();
        return worked(work);
      } finally {
        permits.release();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CrowdedException.byAll();
    } finally {
      leavePlace(caller);
    }
  }

  private <T> T worked(Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      long end = System.nanoTime();
      readyAt = rests ? end + (end - start) : end;
    }
  }

  private void rest() throws InterruptedException {
    for (long left = readyAt - System.nanoTime(); left > 0; left = readyAt - System.nanoTime()) {
      LockSupport.parkNanos(this, Math.min(left, patience.toNanos()));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void takePlace(Fingerprint key) {
    synchronized (inside) {
      int own = inside.getOrDefault(key, 0);
      if (own >= share) {
        throw CrowdedException.byOneCaller();
      }
      if (count >= most) {
        throw CrowdedException.byAll();
      }
      inside.put(key, own + 1);
      count++;
    }
  }

  private void leavePlace(Fingerprint key) {
    synchronized (inside) {
      inside.computeIfPresent(key, (same, own) -> own == 1 ? null : own - 1);
      count--;
    }
  }
}
