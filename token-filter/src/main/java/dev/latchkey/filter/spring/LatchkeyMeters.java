package dev.latchkey.filter.spring;

import dev.latchkey.core.NodeMetrics;
import dev.latchkey.core.store.PoolState;
import dev.latchkey.filter.FilterMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the filters of an application have counted, for Micrometer. Read when it is asked for. */
final class LatchkeyMeters implements MeterBinder {

  private final Supplier<@Nullable FilterMetrics> metrics;

  LatchkeyMeters(Supplier<@Nullable FilterMetrics> metrics) {
    this.metrics = metrics;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String outcome : NodeMetrics.outcomes()) {
      counter("latchkey.checks", "outcome", outcome, now -> now.checks().getOrDefault(outcome, 0L))
          .description("Requests by the outcome of the token check.")
          .register(registry);
    }
    counter("latchkey.lookups", "result", "found", now -> now.lookups().found()).register(registry);
    counter("latchkey.lookups", "result", "unknown", now -> now.lookups().unknown())
        .register(registry);
    counter("latchkey.lookups", "result", "failed", now -> now.lookups().failed())
        .register(registry);
    counter("latchkey.cache.requests", "result", "hit", FilterMetrics::cacheHits)
        .register(registry);
    counter("latchkey.cache.requests", "result", "miss", FilterMetrics::cacheMisses)
        .register(registry);
    FunctionTimer.builder(
            "latchkey.lookup",
            this,
            mine -> mine.count(now -> now.lookupSeconds().count()),
            mine -> mine.number(now -> now.lookupSeconds().sumSeconds()),
            TimeUnit.SECONDS)
        .description("Time the database took for a token.")
        .register(registry);
    gauge("latchkey.cache.entries", FilterMetrics::activeEntries)
        .tag("kind", "active")
        .register(registry);
    gauge("latchkey.cache.entries", FilterMetrics::refusedEntries)
        .tag("kind", "refused")
        .register(registry);
    gauge("latchkey.feed.age", FilterMetrics::feedAgeSeconds)
        .baseUnit("seconds")
        .register(registry);
    gauge("latchkey.feed.position", FilterMetrics::feedPosition).register(registry);
    gauge("latchkey.clock.offset", FilterMetrics::clockOffsetSeconds)
        .baseUnit("seconds")
        .register(registry);
    gauge("latchkey.usage.unwritten", FilterMetrics::usageUnwritten).register(registry);
    connections("active", PoolState::active).register(registry);
    connections("idle", PoolState::idle).register(registry);
    connections("waiting", PoolState::waiting).register(registry);
  }

  private FunctionCounter.Builder<LatchkeyMeters> counter(
      String name, String tag, String value, ToLongFunction<FilterMetrics> reading) {
    return FunctionCounter.builder(name, this, mine -> (double) mine.count(reading))
        .tag(tag, value);
  }

  private Gauge.Builder<LatchkeyMeters> gauge(
      String name, ToDoubleFunction<FilterMetrics> reading) {
    return Gauge.builder(name, this, mine -> mine.number(reading));
  }

  private Gauge.Builder<LatchkeyMeters> connections(
      String state, ToIntFunction<PoolState> reading) {
    return gauge(
            "latchkey.connections",
            now -> {
              Optional<PoolState> pool = now.connections();
              return pool.isPresent() ? reading.applyAsInt(pool.get()) : Double.NaN;
            })
        .tag("state", state);
  }

  private long count(ToLongFunction<FilterMetrics> reading) {
    FilterMetrics running = metrics.get();
    return running == null ? 0 : reading.applyAsLong(running);
  }

  private double number(ToDoubleFunction<FilterMetrics> reading) {
    FilterMetrics running = metrics.get();
    return running == null ? Double.NaN : reading.applyAsDouble(running);
  }
}
