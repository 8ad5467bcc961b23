package dev.latchkey.core;

import dev.latchkey.core.feed.FeedFollower;
import dev.latchkey.core.metrics.DoorCounts;
import dev.latchkey.core.metrics.Histogram;
import dev.latchkey.core.metrics.PrometheusText;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.PoolState;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.usage.UsageRecorder;
import dev.latchkey.core.verify.Lookups;
import dev.latchkey.core.verify.TokenVerifier;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a node has counted and how it is, read when it is asked for. Asks no database, so it answers
 * at once whatever hangs. Counts never decrease. Thread-safe.
 */
public final class NodeMetrics {

  private final Connections database;
  private final UsageRecorder usage;
  private final TokenVerifier verifier;
  private final FeedFollower follower;
  private final AtomicLong mostHits = new AtomicLong();

  NodeMetrics(
      Connections database, UsageRecorder usage, TokenVerifier verifier, FeedFollower follower) {
    this.database = database;
    this.usage = usage;
    this.verifier = verifier;
    this.follower = follower;
  }

  /**
   * The checks by outcome, all outcomes in the order of the documentation.
   *
   * @param node null when it does not run yet
   * @param doors what the doors in front of it have counted
   */
  public static Map<String, Long> checks(@Nullable NodeMetrics node, Collection<DoorCounts> doors) {
    Map<String, Long> checks = new LinkedHashMap<>();
    checks.put("active", node == null ? 0 : node.usage.total());
    checks.put("no_credentials", sum(doors, DoorCounts::withoutCredentials));
    checks.put("malformed", sum(doors, DoorCounts::malformedRequests));
    for (RefusalReason reason : RefusalReason.values()) {
      checks.put(
          reason.name().toLowerCase(Locale.ROOT),
          node == null ? 0 : node.usage.refusals().total(reason));
    }
    checks.put("unavailable", sum(doors, DoorCounts::uncheckedRequests));
    return checks;
  }

  /** The outcomes of {@link #checks}, in their order. */
  public static List<String> outcomes() {
    return List.copyOf(checks(null, List.of()).keySet());
  }

  private static long sum(Collection<DoorCounts> doors, ToLongFunction<DoorCounts> count) {
    return doors.stream().mapToLong(count).sum();
  }

  /** Checks that were answered from memory. */
  public long cacheHits() {
    // Each check with a verdict came from memory or from the database. This way a check from memory
    // counts nothing but its use.
    long fromDatabase = verifier.misses() - verifier.unanswered();
    long verdicts = usage.total();
    for (RefusalReason reason : RefusalReason.values()) {
      // What is foreign was not looked for.
      verdicts += reason == RefusalReason.FOREIGN ? 0 : usage.refusals().total(reason);
    }
    // Between the two counts of a check under way it would go back.
    return mostHits.accumulateAndGet(verdicts - fromDatabase, Math::max);
  }

  /** Checks that found no usable answer in memory. */
  public long cacheMisses() {
    return verifier.misses();
  }

  /** Active tokens in memory, about. */
  public long activeEntries() {
    return verifier.activeEntries();
  }

  /** Refused token ids in memory, about. */
  public long refusedEntries() {
    return verifier.refusedEntries();
  }

  /** What the database answered when it was asked for tokens. */
  public Lookups lookups() {
    return verifier.lookups();
  }

  /** How long the database took to answer. */
  public Histogram.Snapshot lookupSeconds() {
    return verifier.lookupSeconds();
  }

  /** Seconds since the change feed was last read to its end. */
  public double feedAgeSeconds() {
    return seconds(follower.age());
  }

  /** The number of the last change seen. */
  public long feedPosition() {
    return follower.position();
  }

  /** Seconds that this clock is ahead of the database's; NaN before the first comparison. */
  public double clockOffsetSeconds() {
    Duration offset = follower.clockOffset();
    return offset == null ? Double.NaN : seconds(offset);
  }

  /** Uses counted that are not in the database yet. */
  public long usageUnwritten() {
    return usage.notWritten();
  }

  /** Our own pool of connections; empty where they are the server's. */
  public Optional<PoolState> connections() {
    return database.pool();
  }

  /**
   * Writes the metrics that all deployables have.
   *
   * @param node null when it does not run yet; what only it knows is left out then
   * @param doors what the doors in front of it have counted
   */
  public static void write(
      PrometheusText text, @Nullable NodeMetrics node, Collection<DoorCounts> doors) {
    text.gauge("latchkey_build_info", "The version that runs; always 1.")
        .sample(1, "version", BuildVersion.get());
    text.counter("latchkey_checks_total", "Requests by the outcome of the token check.");
    checks(node, List.copyOf(doors)).forEach((outcome, n) -> text.sample(n, "outcome", outcome));
    if (node != null) {
      node.write(text);
    }
  }

  private void write(PrometheusText text) {
    Lookups lookups = lookups();
    text.counter("latchkey_lookups_total", "Questions to the database for a token.")
        .sample(lookups.found(), "result", "found")
        .sample(lookups.unknown(), "result", "unknown")
        .sample(lookups.failed(), "result", "failed");
    text.histogram(
        "latchkey_lookup_seconds", "Time the database took for such a question.", lookupSeconds());
    text.counter("latchkey_cache_requests_total", "Checks by where the answer came from.")
        .sample(cacheHits(), "result", "hit")
        .sample(cacheMisses(), "result", "miss");
    text.gauge("latchkey_cache_entries", "Tokens held in memory.")
        .sample(activeEntries(), "kind", "active")
        .sample(refusedEntries(), "kind", "refused");
    text.gauge("latchkey_feed_age_seconds", "Time since the change feed was last read.")
        .sample(feedAgeSeconds());
    text.gauge("latchkey_feed_position", "Number of the last change seen.").sample(feedPosition());
    double offset = clockOffsetSeconds();
    if (!Double.isNaN(offset)) {
      text.gauge("latchkey_clock_offset_seconds", "Clock of the node minus the database's.")
          .sample(offset);
    }
    text.gauge("latchkey_usage_unwritten", "Uses counted that are not in the database yet.")
        .sample(usageUnwritten());
    connections()
        .ifPresent(
            pool ->
                text.gauge("latchkey_connections", "Connections of Latchkey's own pool.")
                    .sample(pool.active(), "state", "active")
                    .sample(pool.idle(), "state", "idle")
                    .sample(pool.waiting(), "state", "waiting"));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
