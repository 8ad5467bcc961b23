package dev.latchkey.core.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts durations in fixed buckets, without a lock. Thread-safe. */
public final class Histogram {

  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final double[] bounds;
  private final LongAdder[] buckets;
  private final LongAdder nanos = new LongAdder();

  /**
   * An empty histogram.
   *
   * @param bounds the upper bounds of the buckets in seconds, inclusive, ascending
   */
  public Histogram(double... bounds) {
    this.bounds = bounds.clone();
    // One more, for what is above all bounds.
    this.buckets =
        Stream.generate(LongAdder::new).limit(bounds.length + 1L).toArray(LongAdder[]::new);
  }

  /** Counts a duration; a negative one counts as zero. */
  public void record(long durationNanos) {
    long counted = Math.max(0, durationNanos);
    double seconds = counted / NANOS;
    int bucket = 0;
    while (bucket < bounds.length && seconds > bounds[bucket]) {
      bucket++;
    }
    nanos.add(counted);
    buckets[bucket].increment();
  }

  /** The counts now. */
  public Snapshot snapshot() {
    List<Double> limits = new ArrayList<>();
    List<Long> cumulative = new ArrayList<>();
    long count = 0;
    for (int i = 0; i < bounds.length; i++) {
      count += buckets[i].sum();
      limits.add(bounds[i]);
      cumulative.add(count);
    }
    count += buckets[bounds.length].sum();
    return new Snapshot(List.copyOf(limits), List.copyOf(cumulative), count, nanos.sum() / NANOS);
  }

  /**
   * The counts at one time. Immutable.
   *
   * @param bounds the upper bounds of the buckets in seconds
   * @param cumulative the durations up to each bound
   * @param count all durations
   */
  public record Snapshot(
      List<Double> bounds, List<Long> cumulative, long count, double sumSeconds) {

    /** Of a histogram that nothing was counted in, and that has no buckets. */
    public static final Snapshot EMPTY = new Histogram().snapshot();
  }
}
