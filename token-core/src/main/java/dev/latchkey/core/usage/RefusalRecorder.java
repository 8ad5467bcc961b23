package dev.latchkey.core.usage;

import dev.latchkey.core.store.Connections;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes down how often and why requests were refused. They count in memory, within a bound
 * whatever comes in; {@link UsageRecorder} writes the counts in batches. Thread-safe.
 */
public final class RefusalRecorder {

  private static final int BATCH = 200;
  private static final int MOST_TOKENS = 10_000;

  private final Connections database;
  private final Counts counts;
  private final Clock clock;
  private final Map<RefusalReason, LongAdder> withoutToken = new EnumMap<>(RefusalReason.class);
  private final Map<RefusalReason, LongAdder> totals = new EnumMap<>(RefusalReason.class);
  private final Map<Refused, LongAdder> ofTokens = new ConcurrentHashMap<>();

  // Sorted, so that two nodes never wait for each other's rows in a circle.
  private final SortedMap<Refusal.Id, Long> unwritten =
      new TreeMap<>(
          Comparator.comparing(Refusal.Id::hour)
              .thenComparing(Refusal.Id::reason)
              .thenComparing(Refusal.Id::tokenId));

  RefusalRecorder(Connections database, Clock clock) {
    this.database = database;
    this.counts = new Counts(database.kind());
    this.clock = clock;
    for (RefusalReason reason : RefusalReason.values()) {
      withoutToken.put(reason, new LongAdder());
      totals.put(reason, new LongAdder());
    }
  }

  /**
   * Counts a refusal.
   *
   * @param tokenId of a token that is in the database, or {@link Refusal#NO_TOKEN}
   */
  public void refused(RefusalReason reason, String tokenId) {
    increment(totals, reason);
    if (tokenId.isEmpty()) {
      increment(withoutToken, reason);
      return;
    }
    Refused refused = new Refused(reason, tokenId);
    LongAdder counter = ofTokens.get(refused);
    if (counter != null) {
      counter.increment();
    } else if (ofTokens.size() < MOST_TOKENS) {
      ofTokens.computeIfAbsent(refused, same -> new LongAdder()).increment();
    } else {
      increment(withoutToken, reason);
    }
  }

  /** All refusals for a reason so far; never less than before. */
  public long total(RefusalReason reason) {
    LongAdder counter = totals.get(reason);
    return counter == null ? 0 : counter.sum();
  }

  private static void increment(Map<RefusalReason, LongAdder> counters, RefusalReason reason) {
    LongAdder counter = counters.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /**
   * Writes what was counted; what can't be written is kept for the next time.
   *
   * @throws dev.latchkey.core.store.DatabaseException when something is left to write
   */
  synchronized void flush() {
    collect(clock.instant().truncatedTo(ChronoUnit.HOURS));
    while (!unwritten.isEmpty()) {
      List<Map.Entry<Refusal.Id, Long>> batch = unwritten.entrySet().stream().limit(BATCH).toList();
      database.<Integer>transact(connection -> counts.addRefusals(connection, batch));
      batch.forEach(entry -> unwritten.remove(entry.getKey()));
    }
  }

  private void collect(Instant hour) {
    withoutToken.forEach(
        (reason, counter) -> add(new Refusal.Id(hour, reason, Refusal.NO_TOKEN), counter));
    // What is counted between the two steps may be lost: these are figures for a dashboard.
    for (Refused refused : List.copyOf(ofTokens.keySet())) {
      LongAdder counter = ofTokens.remove(refused);
      if (counter != null) {
        add(new Refusal.Id(hour, refused.reason, refused.tokenId), counter);
      }
    }
  }

  private void add(Refusal.Id id, LongAdder counter) {
    long count = counter.sumThenReset();
    if (count > 0 && unwritten.size() < MOST_TOKENS) {
      unwritten.merge(id, count, Long::sum);
    }
  }

  private record Refused(RefusalReason reason, String tokenId) {}
}
