package dev.latchkey.core.administer;

import dev.latchkey.core.store.Database;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.usage.RefusalReason;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What an admin should look at first, and how much is going on. Thread-safe. */
public final class Statistics {

  /** Days of uses. */
  public static final int DAYS = 30;

  /** Hours of refusals. */
  public static final int HOURS = 24;

  private static final Duration SOON = Duration.ofDays(30);
  private static final Duration NEW = Duration.ofDays(7);
  private static final int MOST = 20;
  private static final long A_LOT = 10;

  private static final String EXPIRING =
      "p.enabled = true and t.deactivatedAt is null and t.replacedBy is null"
          + " and t.expiresAt > :now and t.expiresAt <= :until"
          // Software that fetches its tokens by itself fetches the next one as well.
          + " and t.purgeAt is null";

  // An index alone counts what is active but for its third party, in two ranges, where a join would
  // read every token; then those of disabled third parties are taken off. One statement, so that
  // nothing changes between the parts.
  private static final String COUNTS =
      """
      select count(*), count(case when a.enabled = true then 1 end),
        (select count(*) from AccessToken t where t.deactivatedAt is null and t.expiresAt > :now)
        + (select count(*) from AccessToken t
           where t.deactivatedAt is null and t.expiresAt is null)
        - (select count(*) from AccessToken t join ThirdParty p on p.id = t.thirdPartyId
           where p.enabled = false and %s),
        (select count(*) from AccessToken t join ThirdParty p on p.id = t.thirdPartyId where %s)
      from ThirdParty a
      """
          .formatted(TokenAdministration.ACTIVE, EXPIRING);

  private final Database database;
  private final Clock clock;

  Statistics(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** How things are now. */
  public Overview overview() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return database.read(
        em -> {
          Object[] counts = counts(em, now);
          return new Overview(
              (Long) counts[0],
              (Long) counts[1],
              (Long) counts[2],
              (Long) counts[3],
              usesPerDay(em, LocalDate.ofInstant(now, ZoneOffset.UTC)),
              refusalsPerHour(em, since(now)),
              attention(em, now));
        });
  }

  private static Instant since(Instant now) {
    return now.truncatedTo(ChronoUnit.HOURS).minus(HOURS - 1L, ChronoUnit.HOURS);
  }

  private static Object[] counts(EntityManager em, Instant now) {
    return em.createQuery(COUNTS, Object[].class)
        .setParameter("now", now)
        .setParameter("until", now.plus(SOON))
        .getSingleResult();
  }

  private static List<Long> usesPerDay(EntityManager em, LocalDate today) {
    LocalDate first = today.minusDays(DAYS - 1L);
    Map<LocalDate, Long> counted = new HashMap<>();
    em.createQuery(
            "select u.id.day, sum(u.uses) from TokenUsage u where u.id.day >= :first"
                + " group by u.id.day",
            Object[].class)
        .setParameter("first", first)
        .getResultList()
        .forEach(row -> counted.put((LocalDate) row[0], (Long) row[1]));
    return first.datesUntil(today.plusDays(1)).map(day -> counted.getOrDefault(day, 0L)).toList();
  }

  private static Map<RefusalReason, List<Long>> refusalsPerHour(EntityManager em, Instant since) {
    Map<RefusalReason, long[]> counted = new EnumMap<>(RefusalReason.class);
    for (RefusalReason reason : RefusalReason.values()) {
      counted.put(reason, new long[HOURS]);
    }
    em.createQuery(
            "select r.id.reason, r.id.hour, sum(r.refusals) from Refusal r"
                + " where r.id.hour >= :since group by r.id.reason, r.id.hour",
            Object[].class)
        .setParameter("since", since)
        .getResultList()
        .forEach(
            row -> {
              long[] hours = counted.get((RefusalReason) row[0]);
              int hour = (int) ChronoUnit.HOURS.between(since, (Instant) row[1]);
              // Another node's clock may be ahead of ours.
              if (hours != null && hour < HOURS) {
                hours[hour] = (Long) row[2];
              }
            });
    Map<RefusalReason, List<Long>> perHour = new EnumMap<>(RefusalReason.class);
    counted.forEach((reason, hours) -> perHour.put(reason, LongStream.of(hours).boxed().toList()));
    return perHour;
  }

  private static List<Overview.Attention> attention(EntityManager em, Instant now) {
    List<Overview.Attention> all = new ArrayList<>();
    all.addAll(refused(em, Overview.Kind.DISABLED_STILL_CALLING, since(now)));
    all.addAll(
        tokens(
            em,
            Overview.Kind.EXPIRING,
            EXPIRING + " order by t.expiresAt, t.id",
            Map.of("now", now, "until", now.plus(SOON))));
    all.addAll(refused(em, Overview.Kind.REFUSED_A_LOT, since(now)));
    all.addAll(
        tokens(
            em,
            Overview.Kind.NEVER_USED,
            "p.enabled = true and t.purgeAt is null and t.createdAt < :old and "
                + TokenAdministration.ACTIVE
                + " and not exists (select u.uses from TokenUsage u where u.id.tokenId = t.id)"
                + " order by t.createdAt, t.id",
            Map.of("now", now, "old", now.minus(NEW))));
    return List.copyOf(all);
  }

  private static List<Overview.Attention> tokens(
      EntityManager em, Overview.Kind kind, String condition, Map<String, Object> parameters) {
    var query =
        em.createQuery(
            "select t, p.name from AccessToken t join ThirdParty p on p.id = t.thirdPartyId where "
                + condition,
            Object[].class);
    parameters.forEach(query::setParameter);
    return query.setMaxResults(MOST).getResultList().stream()
        .map(row -> attention(kind, (AccessToken) row[0], (String) row[1], 0))
        .toList();
  }

  private static List<Overview.Attention> refused(
      EntityManager em, Overview.Kind kind, Instant since) {
    boolean disabled = kind == Overview.Kind.DISABLED_STILL_CALLING;
    List<Object[]> counts =
        em.createQuery(
                "select r.id.tokenId, sum(r.refusals) from Refusal r where r.id.hour >= :since"
                    + " and r.id.tokenId <> '' and r.id.reason "
                    + (disabled ? "=" : "<>")
                    + " :disabled group by r.id.tokenId having sum(r.refusals) >= :aLot"
                    + " order by sum(r.refusals) desc",
                Object[].class)
            .setParameter("since", since)
            .setParameter("disabled", RefusalReason.THIRD_PARTY_DISABLED)
            .setParameter("aLot", disabled ? 1L : A_LOT)
            .setMaxResults(MOST)
            .getResultList();
    Map<String, Object[]> found = new HashMap<>();
    if (!counts.isEmpty()) {
      em.createQuery(
              "select t, p.name from AccessToken t join ThirdParty p on p.id = t.thirdPartyId"
                  + " where t.id in :ids and p.enabled = :enabled",
              Object[].class)
          .setParameter("ids", counts.stream().map(row -> row[0]).toList())
          .setParameter("enabled", !disabled)
          .getResultList()
          .forEach(row -> found.put(((AccessToken) row[0]).id(), row));
    }
    List<Overview.Attention> all = new ArrayList<>();
    for (Object[] count : counts) {
      Object[] row = found.get((String) count[0]);
      if (row != null) {
        all.add(attention(kind, (AccessToken) row[0], (String) row[1], (Long) count[1]));
      }
    }
    return all;
  }

  private static Overview.Attention attention(
      Overview.Kind kind, AccessToken token, String name, long refusals) {
    return new Overview.Attention(
        kind,
        token.thirdPartyId(),
        name,
        token.id(),
        token.hint(),
        token.label(),
        token.expiresAt(),
        refusals);
  }
}
