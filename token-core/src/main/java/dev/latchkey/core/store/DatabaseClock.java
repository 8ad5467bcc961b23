package dev.latchkey.core.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/** The clock that all nodes of a database can be compared by. */
public final class DatabaseClock {

  private DatabaseClock() {}

  /**
   * What time it is at the database, when it answers.
   *
   * @param kind of the database
   * @throws SQLException when it does not answer
   */
  public static Instant now(Connection connection, DatabaseKind kind) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question(kind))) {
      row.next();
      return Instant.ofEpochMilli(Math.round(row.getDouble(1) * 1000));
    }
  }

  // Counted from 1970 over there, so that no time zone of a session or a driver matters.
  private static String question(DatabaseKind kind) {
    return kind == DatabaseKind.MARIADB
        ? "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) / 1000000"
        : "select extract(epoch from current_timestamp)";
  }
}
