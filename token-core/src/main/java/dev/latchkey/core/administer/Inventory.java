package dev.latchkey.core.administer;

import dev.latchkey.core.store.Database;
import dev.latchkey.core.token.TokenStatus;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;

/** Counts what is in the database. Each count reads all tokens. Thread-safe. */
public final class Inventory {

  private static final String COUNTS =
      """
      select
        count(case when t.reportedLeakedAt is not null then 1 end),
        count(case when t.reportedLeakedAt is null and t.expiresAt <= :now then 1 end),
        count(case when t.reportedLeakedAt is null
          and (t.expiresAt is null or t.expiresAt > :now)
          and t.deactivatedAt is not null then 1 end),
        count(case when t.reportedLeakedAt is null
          and (t.expiresAt is null or t.expiresAt > :now)
          and t.deactivatedAt is null and p.enabled = false then 1 end),
        count(*)
      from AccessToken t join ThirdParty p on p.id = t.thirdPartyId
      """;

  private final Database database;
  private final Clock clock;

  /** Counts in this database. */
  public Inventory(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * What is in the database at one time. Immutable.
   *
   * @param tokens by status, every status
   * @param auditEvents all that were ever recorded
   */
  public record Counts(
      Map<TokenStatus, Long> tokens,
      long enabledThirdParties,
      long disabledThirdParties,
      long auditEvents) {}

  /**
   * The counts now.
   *
   * @throws jakarta.persistence.PersistenceException when the database does not answer
   */
  public Counts count() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return database.read(em -> count(em, now));
  }

  private static Counts count(EntityManager em, Instant now) {
    Object[] row =
        em.createQuery(COUNTS, Object[].class).setParameter("now", now).getSingleResult();
    Map<TokenStatus, Long> tokens = new EnumMap<>(TokenStatus.class);
    tokens.put(TokenStatus.REPORTED_LEAKED, (Long) row[0]);
    tokens.put(TokenStatus.EXPIRED, (Long) row[1]);
    tokens.put(TokenStatus.DEACTIVATED, (Long) row[2]);
    tokens.put(TokenStatus.THIRD_PARTY_DISABLED, (Long) row[3]);
    long others = tokens.values().stream().mapToLong(Long::longValue).sum();
    tokens.put(TokenStatus.ACTIVE, (Long) row[4] - others);
    Object[] parties =
        em.createQuery(
                "select count(case when p.enabled = true then 1 end), count(*) from ThirdParty p",
                Object[].class)
            .getSingleResult();
    AuditHead head = em.find(AuditHead.class, AuditHead.ONLY);
    return new Counts(
        Map.copyOf(tokens),
        (Long) parties[0],
        (Long) parties[1] - (Long) parties[0],
        head == null ? 0 : head.seq());
  }
}
