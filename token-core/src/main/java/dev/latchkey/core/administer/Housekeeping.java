package dev.latchkey.core.administer;

import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.HomeFolder;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.Threads;
import dev.latchkey.core.usage.Refusal;
import jakarta.persistence.EntityManager;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Deletes what nobody needs any more, in small batches that block nobody. */
final class Housekeeping implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration REFUSALS_KEPT = Duration.ofDays(30);
  private static final Duration LINKS_KEPT = Duration.ofDays(90);
  private static final Duration BETWEEN_CHECKPOINTS = Duration.ofHours(1);
  private static final int BATCH = 500;
  private static final int MINUTES_BETWEEN = 10;

  private final Database database;
  private final ChangeFeed feed;
  private final AuditTrail audit;
  private final @Nullable HomeFolder home;
  private final Clock clock;
  private final OutageLog outage;
  private final OutageLog noting;
  private @Nullable AuditAnchor told;
  private Instant toldAt = Instant.MIN;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Threads.daemon("latchkey-housekeeping"));

  Housekeeping(
      Database database,
      ChangeFeed feed,
      AuditTrail audit,
      @Nullable HomeFolder home,
      Clock clock) {
    this.database = database;
    this.feed = feed;
    this.audit = audit;
    this.home = home;
    this.clock = clock;
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "old rows can't be deleted; it is tried again",
            "old rows are deleted again");
    this.noting =
        new OutageLog(
            LOG,
            clock,
            "the end of the audit trail can't be noted; it is tried again",
            "the end of the audit trail is noted again");
  }

  void start() {
    thread.scheduleWithFixedDelay(this::clean, 1, MINUTES_BETWEEN, TimeUnit.MINUTES);
    // Every minute: only the node that wrote an event would miss it if it was deleted before.
    thread.scheduleWithFixedDelay(this::noteTrail, 1, 1, TimeUnit.MINUTES);
  }

  private void noteTrail() {
    try {
      audit.note();
      noting.worked();
    } catch (RuntimeException | Error failed) {
      noting.failed(failed);
    }
  }

  void clean() {
    Instant now = clock.instant();
    try {
      if (home != null) {
        // The database may have made files with looser permissions since.
        home.tighten();
      }
      audit.note().ifPresent(end -> tell(end, now));
      inBatches(em -> feed.purge(em, now.minus(KEPT), BATCH));
      inBatches(em -> forgetKeys(em, now.minus(KEPT)));
      inBatches(em -> deleteEndedSecrets(em, now));
      inBatches(em -> deleteOldRefusals(em, now.minus(REFUSALS_KEPT)));
      inBatches(em -> deleteOldLinks(em, now.minus(LINKS_KEPT)));
      inBatches(em -> deleteEndedTokens(em, now));
      outage.worked();
    } catch (RuntimeException | Error failed) {
      outage.failed(failed);
    }
  }

  // Whoever keeps the log elsewhere can verify the trail by it.
  private void tell(AuditAnchor end, Instant now) {
    AuditAnchor before = told;
    if (before == null || !before.equals(end) && !now.isBefore(toldAt.plus(BETWEEN_CHECKPOINTS))) {
      told = end;
      toldAt = now;
      LOG.log(
          Level.INFO, "checkpoint of the audit trail: seq=" + end.seq() + "&hash=" + end.hash());
    }
  }

  private void inBatches(ToIntFunction<EntityManager> batch) {
    int deleted;
    do {
      deleted = database.transact(batch::applyAsInt);
    } while (deleted >= BATCH);
  }

  private static int forgetKeys(EntityManager em, Instant end) {
    List<IdempotencyRow> old =
        em.createQuery(
                "select r from IdempotencyRow r where r.createdAt < :end", IdempotencyRow.class)
            .setParameter("end", end)
            .setMaxResults(BATCH)
            .getResultList();
    old.forEach(em::remove);
    return old.size();
  }

  private static int deleteEndedSecrets(EntityManager em, Instant now) {
    List<String> ended =
        em.createQuery("select s.id from ClientSecret s where s.expiresAt <= :now", String.class)
            .setParameter("now", now)
            .setMaxResults(BATCH)
            .getResultList();
    return ended.isEmpty()
        ? 0
        : em.createQuery("delete from ClientSecret s where s.id in :ended")
            .setParameter("ended", ended)
            .executeUpdate();
  }

  private static int deleteOldRefusals(EntityManager em, Instant end) {
    List<Refusal> old =
        em.createQuery("select r from Refusal r where r.id.hour < :end", Refusal.class)
            .setParameter("end", end)
            .setMaxResults(BATCH)
            .getResultList();
    old.forEach(em::remove);
    return old.size();
  }

  private static int deleteEndedTokens(EntityManager em, Instant now) {
    List<String> ended =
        em.createQuery("select t.id from AccessToken t where t.purgeAt <= :now", String.class)
            .setParameter("now", now)
            .setMaxResults(BATCH)
            .getResultList();
    if (ended.isEmpty()) {
      return 0;
    }
    em.createQuery("delete from TokenUsage u where u.id.tokenId in :ended")
        .setParameter("ended", ended)
        .executeUpdate();
    return em.createQuery("delete from AccessToken t where t.id in :ended")
        .setParameter("ended", ended)
        .executeUpdate();
  }

  // Until then whoever opens one again is told when it was opened, and whom to ask.
  private static int deleteOldLinks(EntityManager em, Instant end) {
    List<String> old =
        em.createQuery("select h.id from Handover h where h.expiresAt < :end", String.class)
            .setParameter("end", end)
            .setMaxResults(BATCH)
            .getResultList();
    return old.isEmpty()
        ? 0
        : em.createQuery("delete from Handover h where h.id in :old")
            .setParameter("old", old)
            .executeUpdate();
  }

  @Override
  public void close() {
    Threads.end(thread);
  }
}
