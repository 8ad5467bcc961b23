package dev.latchkey.core.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/** Reads the change feed, by plain JDBC. */
final class FeedReader {

  /** What PostgreSQL notifies on. */
  static final String CHANNEL = "latchkey_change";

  private static final int ONLY_HEAD = FeedHead.ONLY;

  private FeedReader() {}

  /** The number of the last change. */
  static long head(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select seq from feed_head where id = ?")) {
      query.setInt(1, ONLY_HEAD);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the feed has no head");
        }
        return row.getLong(1);
      }
    }
  }

  /** The change at {@code position}, if it is there, and those behind it, in their order. */
  static List<FeedRow> from(Connection connection, long position, int atMost) throws SQLException {
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
}
