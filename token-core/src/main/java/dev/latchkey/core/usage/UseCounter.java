package dev.latchkey.core.usage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the uses of one token in memory, without a lock. Thread-safe. There is one for each token
 * in memory, so it is made of as little as possible.
 */
public final class UseCounter {

  // Finer than this nobody looks, and a field that every request writes makes cores wait.
  private static final long RESOLUTION_MILLIS = 1000;

  private static final VarHandle USES;
  private static final VarHandle CROWD;
  private static final VarHandle QUEUED;

  static {
    try {
      MethodHandles.Lookup mine = MethodHandles.lookup();
      USES = mine.findVarHandle(UseCounter.class, "uses", long.class);
      CROWD = mine.findVarHandle(UseCounter.class, "crowd", LongAdder.class);
      QUEUED = mine.findVarHandle(UseCounter.class, "queued", boolean.class);
    } catch (ReflectiveOperationException fieldsAreThere) {
      throw new ExceptionInInitializerError(fieldsAreThere);
    }
  }

  private final long tokenId;
  private final Consumer<UseCounter> whenUsed;
  private volatile long uses;

  // Where threads got in each other's way; most tokens never need one.
  private volatile @Nullable LongAdder crowd;
  private volatile boolean queued;
  private volatile long lastAtMillis;
  private volatile String lastFrom = "";

  /** The next one in {@link UsedTokens}, which alone uses it. */
  @Nullable UseCounter next;

  /**
   * A counter at nothing.
   *
   * @param tokenId the id as a number
   * @param whenUsed told once when there is something to take
   */
  public UseCounter(long tokenId, Consumer<UseCounter> whenUsed) {
    this.tokenId = tokenId;
    this.whenUsed = whenUsed;
  }

  /**
   * Counts a use.
   *
   * @param nowMillis the time of the use
   * @param from the address that it came from; of uses in the same second, any one is kept
   */
  public void used(long nowMillis, String from) {
    if (wantsAddress(nowMillis)) {
      lastFrom = from;
      lastAtMillis = nowMillis;
    }
    // After the time, so that whoever takes the use finds its time as well.
    used();
  }

  /**
   * Whether a use at this time is the first known of its second, so that where it came from is
   * kept. Else {@link #used()} is enough, and the address need not be found out.
   */
  public boolean wantsAddress(long nowMillis) {
    return nowMillis - lastAtMillis >= RESOLUTION_MILLIS;
  }

  /** Counts a use in the same second as one that is known. */
  public void used() {
    count();
    if (!queued && QUEUED.compareAndSet(this, false, true)) {
      whenUsed.accept(this);
    }
  }

  private void count() {
    LongAdder busy = crowd;
    if (busy == null) {
      long before = uses;
      if (USES.compareAndSet(this, before, before + 1)) {
        return;
      }
      LongAdder mine = new LongAdder();
      LongAdder anothers = (LongAdder) CROWD.compareAndExchange(this, null, mine);
      busy = anothers == null ? mine : anothers;
    }
    busy.increment();
  }

  long tokenId() {
    return tokenId;
  }

  /** What was counted since the last call. */
  UsageRecorder.Tally take() {
    // First, so that a use from here on queues the counter again.
    queued = false;
    long count = (long) USES.getAndSet(this, 0L);
    LongAdder busy = crowd;
    if (busy != null) {
      count += busy.sumThenReset();
    }
    return new UsageRecorder.Tally(count, Instant.ofEpochMilli(lastAtMillis), lastFrom);
  }
}
