package dev.latchkey.core.usage;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters that have something to take. Linked through the counters themselves, so that a use
 * makes no garbage; a counter must not be put in again before it was taken. Thread-safe.
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
    while (counter != null) {
      // Before it is taken, since from then on it may be put in again.
      UseCounter following = counter.next;
      counter.next = null;
      taker.accept(counter);
      counter = following;
    }
  }
}
