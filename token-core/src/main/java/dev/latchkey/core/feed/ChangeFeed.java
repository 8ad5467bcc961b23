package dev.latchkey.core.feed;

import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.DatabaseKind;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What has changed, in the order of commits, as those who change something write it.
 *
 * <p>A number from a sequence would not tell that order: six can commit before five, and who has
 * seen six never looks for five. So a writer locks the single head row, takes the next number from
 * it and holds it to the commit. Thread-safe.
 */
public final class ChangeFeed {

  private final Clock clock;

  public ChangeFeed(Clock clock) {
    this.clock = clock;
  }

  /** The classes that are mapped to the tables of the feed. */
  public static List<Class<?>> entities() {
    return List.of(FeedHead.class, FeedRow.class);
  }

  /**
   * Adds a change to the transaction of {@code em}. Call it when all rows of the transaction are
   * changed: from here to the commit no other change can be added by anybody.
   */
  public void append(EntityManager em, Change change) {
    // Row locks first, the head's last, by everybody: or two commands could wait for each other.
    em.flush();
    FeedHead head = em.find(FeedHead.class, FeedHead.ONLY, LockModeType.PESSIMISTIC_WRITE);
    // It may have been read before, and a plain read may show an old snapshot of it.
    em.refresh(head, LockModeType.PESSIMISTIC_WRITE);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    em.persist(new FeedRow(head.next(), change, now));
    em.flush();
    if (Database.kindBehind(em) == DatabaseKind.POSTGRESQL) {
      // Its commit wakes all followers.
      em.createNativeQuery(
              "select 1 from (select pg_notify('" + FeedReader.CHANNEL + "', '')) as notified")
          .getResultList();
    }
  }

  /**
   * Deletes changes from before {@code end}, in the transaction of {@code em}, up to the first that
   * is not: a node whose clock is behind writes younger changes with older times, and a hole among
   * the others makes all nodes forget everything. So does a node that was away for longer.
   *
   * @return how many were deleted; {@code atMost} when there may be more
   */
  public int purge(EntityManager em, Instant end, int atMost) {
    List<Long> old =
        em
            .createQuery("select r from FeedRow r order by r.seq", FeedRow.class)
            .setMaxResults(atMost)
            .getResultList()
            .stream()
            .takeWhile(row -> row.createdAt().isBefore(end))
            .map(FeedRow::seq)
            .toList();
    return old.isEmpty()
        ? 0
        : em.createQuery("delete from FeedRow r where r.seq in :old")
            .setParameter("old", old)
            .executeUpdate();
  }
}
