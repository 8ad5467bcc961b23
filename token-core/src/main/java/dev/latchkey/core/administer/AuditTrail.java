package dev.latchkey.core.administer;

import dev.latchkey.core.store.Database;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Who did what when, newest first, as a chain that shows when somebody tampers with it. */
public final class AuditTrail {

  private static final int BATCH = 1000;

  private final Database database;
  private final Clock clock;

  AuditTrail(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Events, newest first. */
  public Page<AuditEventView> list(AuditFilter filter, PageRequest page) {
    Criteria criteria =
        new Criteria()
            .and("e.thirdPartyId = :thirdParty", "thirdParty", filter.thirdPartyId())
            .and("e.actor = :actor", "actor", filter.actor())
            .and("e.at >= :from", "from", filter.from())
            .and("e.at < :to", "to", filter.to())
            .and("e.seq < :behind", "behind", seqOf(page.position()));
    List<AuditEvent> events =
        database.read(
            em ->
                criteria.list(
                    em,
                    "select e from AuditEvent e",
                    "e.seq desc",
                    AuditEvent.class,
                    page.limit() + 1));
    return page.page(events, event -> Long.toString(event.seq()), AuditEvent::view);
  }

  /**
   * Adds an event to em's transaction. Call it last: from here to the commit nobody else can.
   *
   * @param detail what was before and what is after; never a secret
   */
  public void record(
      EntityManager em,
      Actor actor,
      String action,
      @Nullable String thirdPartyId,
      @Nullable String tokenId,
      Map<String, ? extends @Nullable Object> detail) {
    em.flush();
    AuditHead head = em.find(AuditHead.class, AuditHead.ONLY, LockModeType.PESSIMISTIC_WRITE);
    // It may have been read before, and a plain read may show an old snapshot of it.
    em.refresh(head, LockModeType.PESSIMISTIC_WRITE);
    AuditEvent event =
        new AuditEvent(
            head,
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            actor,
            action,
            thirdPartyId,
            tokenId,
            JsonText.of(detail));
    em.persist(event);
    head.moveTo(event);
    em.flush();
  }

  /**
   * Walks the whole chain.
   *
   * @return the number of the first event that is missing or not as it was written; empty when
   *     there is none
   */
  public OptionalLong firstBroken() {
    AuditHead head = database.read(em -> em.find(AuditHead.class, AuditHead.ONLY));
    long seq = 0;
    byte[] hash = new byte[32];
    while (seq < head.seq()) {
      long from = seq;
      List<AuditEvent> batch =
          database.read(
              em ->
                  new Criteria()
                      .and("e.seq > :from", "from", from)
                      .list(em, "select e from AuditEvent e", "e.seq", AuditEvent.class, BATCH));
      if (batch.isEmpty()) {
        return OptionalLong.of(seq + 1);
      }
      for (AuditEvent event : batch) {
        if (!event.follows(seq, hash)) {
          return OptionalLong.of(seq + 1);
        }
        seq = event.seq();
        hash = event.hash();
        if (seq == head.seq()) {
          return Arrays.equals(hash, head.hash()) ? OptionalLong.empty() : OptionalLong.of(seq);
        }
      }
    }
    return OptionalLong.empty();
  }

  private static @Nullable Long seqOf(@Nullable String position) {
    return position == null ? null : PageRequest.number(position);
  }
}
