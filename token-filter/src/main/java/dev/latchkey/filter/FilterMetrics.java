package dev.latchkey.filter;

import dev.latchkey.core.Check;
import dev.latchkey.core.NodeMetrics;
import dev.latchkey.core.metrics.DoorCounts;
import dev.latchkey.core.metrics.Histogram;
import dev.latchkey.core.metrics.PrometheusText;
import dev.latchkey.core.store.PoolState;
import dev.latchkey.core.verify.Lookups;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the filters of an application have counted, read when it is asked for. Counts never decrease
 * while the application runs. Before the database is available counts are zero and the other values
 * NaN. Thread-safe.
 */
public final class FilterMetrics {

  private static final Lookups NO_LOOKUPS = new Lookups(0, 0, 0);

  private final Supplier<@Nullable NodeMetrics> node;
  private final Supplier<List<Check>> health;
  private final List<DoorCounts> doors = new CopyOnWriteArrayList<>();

  FilterMetrics(Supplier<@Nullable NodeMetrics> node, Supplier<List<Check>> health) {
    this.node = node;
    this.health = health;
  }

  /** The metrics of an application; null when no filter runs in it. */
  public static @Nullable FilterMetrics of(ServletContext context) {
    SharedNode shared = SharedNode.in(context);
    return shared == null ? null : shared.metrics();
  }

  /** Counts what this door counts as well, also after the door is closed. */
  void add(DoorCounts door) {
    doors.add(door);
  }

  /** Requests by the outcome of the check. */
  public Map<String, Long> checks() {
    return NodeMetrics.checks(node.get(), doors);
  }

  /** Questions to the database for a token. */
  public Lookups lookups() {
    return value(NodeMetrics::lookups, NO_LOOKUPS);
  }

  /** How long the database took to answer. */
  public Histogram.Snapshot lookupSeconds() {
    return value(NodeMetrics::lookupSeconds, Histogram.Snapshot.EMPTY);
  }

  /** Checks that were answered from memory. */
  public long cacheHits() {
    return count(NodeMetrics::cacheHits);
  }

  /** Checks that found no usable answer in memory. */
  public long cacheMisses() {
    return count(NodeMetrics::cacheMisses);
  }

  /** Active tokens in memory, about. */
  public long activeEntries() {
    return count(NodeMetrics::activeEntries);
  }

  /** Refused token ids in memory, about. */
  public long refusedEntries() {
    return count(NodeMetrics::refusedEntries);
  }

  /** Seconds since the change feed was last read to its end. */
  public double feedAgeSeconds() {
    return number(NodeMetrics::feedAgeSeconds);
  }

  /** The number of the last change seen. */
  public long feedPosition() {
    return count(NodeMetrics::feedPosition);
  }

  /** Seconds that this clock is ahead of the database's. */
  public double clockOffsetSeconds() {
    return number(NodeMetrics::clockOffsetSeconds);
  }

  /** Uses counted that are not in the database yet. */
  public long usageUnwritten() {
    return count(NodeMetrics::usageUnwritten);
  }

  /** Our own pool of connections; empty where they are the server's. */
  public Optional<PoolState> connections() {
    return value(NodeMetrics::connections, Optional.empty());
  }

  /** Whether tokens can be checked, or why not. */
  public List<Check> health() {
    return health.get();
  }

  void write(PrometheusText text) {
    NodeMetrics.write(text, node.get(), doors);
  }

  private <T> T value(Function<NodeMetrics, T> reading, T otherwise) {
    NodeMetrics running = node.get();
    return running == null ? otherwise : reading.apply(running);
  }

  private long count(ToLongFunction<NodeMetrics> reading) {
    NodeMetrics running = node.get();
    return running == null ? 0 : reading.applyAsLong(running);
  }

  private double number(ToDoubleFunction<NodeMetrics> reading) {
    NodeMetrics running = node.get();
    return running == null ? Double.NaN : reading.applyAsDouble(running);
  }
}
