package dev.latchkey.core.feed;

import dev.latchkey.core.store.DatabaseKind;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/**
 * What has changed, in the order of commits.
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
    if (DatabaseKind.behind(em) == DatabaseKind.POSTGRESQL) {
      PostgresWakeUp.announce(em);
    }
  }

  /** The number of the last change. */
  long head(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select seq from feed_head where id = ?")) {
      query.setInt(1, FeedHead.ONLY);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the feed has no head");
        }
        return row.getLong(1);
      }
    }
  }

  /** The change at {@code position}, if it is there, and those behind it, in their order. */
  List<FeedRow> from(Connection connection, long position, int atMost) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select seq, kind, subject, created_at from change_feed where seq >= ? order by seq")) {
      query.setLong(1, position);
      query.setMaxRows(atMost);
      try (ResultSet rows = query.executeQuery()) {
        // In UTC also where the column knows no zone, as on MariaDB.
        Calendar utc = Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.ROOT);
        List<FeedRow> changes = new ArrayList<>();
        while (rows.next()) {
          Change.Kind kind = Change.Kind.valueOf(rows.getString(2));
          changes.add(
              new FeedRow(
                  rows.getLong(1),
                  new Change(kind, rows.getString(3)),
                  rows.getTimestamp(4, utc).toInstant()));
        }
        return changes;
      }
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
