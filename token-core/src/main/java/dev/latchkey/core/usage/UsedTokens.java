package dev.latchkey.core.usage;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters that have something to take. Linked through the counters themselves, so that a use
 * makes no garbage; a counter must not be put in again before it was taken. Only put to and emptied
 * as a whole, so a head that comes back does no harm. Thread-safe.
 */
final class UsedTokens {

  private final AtomicReference<@Nullable UseCounter> newest = new AtomicReference<>();

  void put(UseCounter counter) {
    UseCounter before;
    do {
      before = newest.get();
      counter.next = before;
    } while (!newest.compareAndSet(before, counter));
  }

  /** Takes all of them out. */
  void takeEach(Consumer<UseCounter> taker) {
    UseCounter counter = newest.getAndSet(null);
    try {
      while (counter != null) {
        UseCounter taken = counter;
        // Before it is taken, since from then on it may be put in again.
        counter = taken.next;
        taken.next = null;
        taker.accept(taken);
      }
    } finally {
      // Only when the taker failed: what it did not get to waits for the next time.
      while (counter != null) {
        UseCounter left = counter;
        counter = left.next;
        put(left);
      }
    }
  }
}
