package dev.latchkey.core.usage;

import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.Threads;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes down which tokens were used. Requests count in memory; a thread of its own writes the
 * counts in batches to a table that no check reads. Thread-safe.
 *
 * <p>Counts are for people, not for bills: what was counted since the last batch is lost when the
 * process is killed.
 */
public final class UsageRecorder implements AutoCloseable {

  private static final Logger LOG = System.getLogger(UsageRecorder.class.getName());
  private static final int BATCH = 200;
  private static final int LONGEST_ADDRESS = 45;

  private final Connections database;
  private final Counts counts;
  private final OutageLog outage;
  private final LongFunction<String> idText;
  private final UsedTokens used = new UsedTokens();

  // One for all counters.
  private final Consumer<UseCounter> whenUsed = used::put;
  private final RefusalRecorder refusals;
  private final ScheduledExecutorService thread;

  // Sorted, so that two nodes never wait for each other's rows in a circle.
  private final SortedMap<TokenDay, Tally> unwritten = new TreeMap<>();

  // Taken from the counters since the last batch. A lock of its own, since writing may take long.
  private final Map<TokenDay, Tally> counted = new HashMap<>();
  private long total; // guarded by counted
  private final AtomicLong written = new AtomicLong();

  /**
   * A recorder that writes nothing until it is started.
   *
   * @param idText the id of a token as the database has it, from the id as a number
   */
  public UsageRecorder(Connections database, LongFunction<String> idText, Clock clock) {
    this.idText = idText;
    this.database = database;
    this.counts = new Counts(database.kind());
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "uses of tokens can't be written; they are kept in memory and tried again",
            "uses of tokens are written again");
    this.refusals = new RefusalRecorder(database, clock);
    this.thread = Executors.newSingleThreadScheduledExecutor(Threads.daemon("latchkey-usage"));
  }

  /** Writes from now on, every {@code interval}. */
  public void start(Duration interval) {
    long millis = interval.toMillis();
    thread.scheduleWithFixedDelay(this::flush, millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * A counter for a token; several for one token add up.
   *
   * @param tokenId the id as a number
   */
  public UseCounter counter(long tokenId) {
    return new UseCounter(tokenId, whenUsed);
  }

  /** Counts what was refused. */
  public RefusalRecorder refusals() {
    return refusals;
  }

  /** Writes what was counted; what can't be written is kept for the next time. */
  public synchronized void flush() {
    try {
      collect();
      synchronized (counted) {
        counted.forEach((day, tally) -> unwritten.merge(day, tally, Tally::plus));
        counted.clear();
      }
      while (!unwritten.isEmpty()) {
        List<Map.Entry<TokenDay, Tally>> batch =
            unwritten.entrySet().stream().limit(BATCH).toList();
        database.<Integer>transact(connection -> counts.addUses(connection, batch));
        batch.forEach(entry -> unwritten.remove(entry.getKey()));
        written.addAndGet(batch.stream().mapToLong(entry -> entry.getValue().uses()).sum());
      }
      refusals.flush();
      outage.worked();
    } catch (RuntimeException | Error later) {
      // What is thrown from here would end the writing for good.
      outage.failed(later);
    }
  }

  /** Why uses are not written down, in one line for an operator; null when they are. */
  public @Nullable String trouble() {
    return outage.failing() ? "uses of tokens can't be written" : null;
  }

  private void collect() {
    synchronized (counted) {
      used.takeEach(
          counter -> {
            Tally tally = counter.take();
            if (tally.uses() > 0) {
              LocalDate day = LocalDate.ofInstant(tally.lastAt(), ZoneOffset.UTC);
              Tally fits = new Tally(tally.uses(), tally.lastAt(), stored(tally.lastFrom()));
              counted.merge(new TokenDay(idText.apply(counter.tokenId()), day), fits, Tally::plus);
              total += tally.uses();
            }
          });
    }
  }

  /** All uses counted so far; never less than before. Does not wait for the database. */
  public long total() {
    collect();
    synchronized (counted) {
      return total;
    }
  }

  /** Uses counted that are not in the database yet. Does not wait for the database. */
  public long notWritten() {
    // In this order, so that it is never negative.
    long before = written.get();
    return total() - before;
  }

  // What a proxy says may be anything, and one row that does not fit would hold up all others.
  private static String stored(String address) {
    boolean fits =
        address.length() <= LONGEST_ADDRESS && address.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return fits ? address : "unknown";
  }

  /** Writes the rest and stops. */
  @Override
  public void close() {
    Threads.end(thread);
    flush();
  }

  /** A token and a day of UTC. */
  record TokenDay(String tokenId, LocalDate day) implements Comparable<TokenDay> {

    private static final Comparator<TokenDay> ORDER =
        Comparator.comparing(TokenDay::tokenId).thenComparing(TokenDay::day);

    @Override
    public int compareTo(TokenDay other) {
      return ORDER.compare(this, other);
    }
  }

  /** Uses counted, and the last of them. */
  record Tally(long uses, Instant lastAt, String lastFrom) {

    Tally plus(Tally other) {
      Tally later = other.lastAt.isBefore(lastAt) ? this : other;
      return new Tally(uses + other.uses, later.lastAt, later.lastFrom);
    }
  }
}
