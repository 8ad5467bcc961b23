package dev.latchkey.core.usage;

import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts the uses of one token in memory, without a lock. Thread-safe. */
public final class UseCounter {

  // Finer than this nobody looks, and a field that every request writes makes cores wait.
  private static final long RESOLUTION_MILLIS = 1000;

  private final String tokenId;
  private final Consumer<UseCounter> whenUsed;
  private final LongAdder uses = new LongAdder();
  private volatile boolean queued;
  private volatile Last last = new Last(0, "");

  /**
   * A counter at nothing.
   *
   * @param whenUsed told once when there is something to take
   */
  public UseCounter(String tokenId, Consumer<UseCounter> whenUsed) {
    this.tokenId = tokenId;
    this.whenUsed = whenUsed;
  }

  /**
   * Counts a use.
   *
   * @param nowMillis the time of the use
   * @param from the address that it came from
   */
  public void used(long nowMillis, String from) {
    uses.increment();
    if (nowMillis - last.atMillis >= RESOLUTION_MILLIS) {
      last = new Last(nowMillis, from);
    }
    if (!queued) {
      queued = true;
      whenUsed.accept(this);
    }
  }

  String tokenId() {
    return tokenId;
  }

  /** What was counted since the last call. */
  UsageRecorder.Tally take() {
    // First, so that a use from here on queues the counter again.
    queued = false;
    long count = uses.sumThenReset();
    Last latest = last;
    return new UsageRecorder.Tally(count, Instant.ofEpochMilli(latest.atMillis), latest.from);
  }

  private record Last(long atMillis, String from) {}
}
