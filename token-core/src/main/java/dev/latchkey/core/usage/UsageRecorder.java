package dev.latchkey.core.usage;

import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.Threads;
import jakarta.persistence.EntityManager;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  private final Database database;
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
  public UsageRecorder(Database database, LongFunction<String> idText, Clock clock) {
    this.idText = idText;
    this.database = database;
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
      // In here, since what is thrown from here ends the writing for good.
      refusals.flush();
      collect();
      synchronized (counted) {
        counted.forEach((day, tally) -> unwritten.merge(day, tally, Tally::plus));
        counted.clear();
      }
      while (!unwritten.isEmpty()) {
        List<Map.Entry<TokenDay, Tally>> batch =
            unwritten.entrySet().stream().limit(BATCH).toList();
        database.transact(
            em -> {
              batch.forEach(entry -> write(em, entry.getKey(), entry.getValue()));
              return batch.size();
            });
        batch.forEach(entry -> unwritten.remove(entry.getKey()));
        written.addAndGet(batch.stream().mapToLong(entry -> entry.getValue().uses()).sum());
      }
    } catch (RuntimeException | Error later) {
      LOG.log(Level.DEBUG, "uses are written later", later);
    }
  }

  private void collect() {
    synchronized (counted) {
      used.takeEach(
          counter -> {
            Tally tally = counter.take();
            if (tally.uses() > 0) {
              LocalDate day = LocalDate.ofInstant(tally.lastAt(), ZoneOffset.UTC);
              counted.merge(new TokenDay(idText.apply(counter.tokenId()), day), tally, Tally::plus);
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

  // One statement, as several nodes begin the days of the same tokens after midnight. It goes by
  // the
  // key, whatever the database thinks of a table that was empty a moment ago.
  private static void write(EntityManager em, TokenDay day, Tally tally) {
    // lastUsedFrom first: MariaDB lets later assignments see what earlier ones have set.
    em.createQuery(
            """
            insert into TokenUsage as u (id.tokenId, id.day, uses, lastUsedAt, lastUsedFrom)
            values (:token, :day, :uses, :at, :from)
            on conflict (id.tokenId, id.day) do update
            set uses = u.uses + excluded.uses,
              lastUsedFrom = case
                when u.lastUsedAt <= excluded.lastUsedAt then excluded.lastUsedFrom
                else u.lastUsedFrom end,
              lastUsedAt = case
                when u.lastUsedAt <= excluded.lastUsedAt then excluded.lastUsedAt
                else u.lastUsedAt end
            """)
        .setParameter("token", day.tokenId())
        .setParameter("day", day.day())
        .setParameter("uses", tally.uses())
        .setParameter("at", tally.lastAt())
        .setParameter("from", stored(tally.lastFrom()))
        .executeUpdate();
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

  private record TokenDay(String tokenId, LocalDate day) implements Comparable<TokenDay> {

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
