package dev.latchkey.core.verify;

import dev.latchkey.core.store.Connections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database for a token: one statement, by primary key.
 *
 * <p>By plain JDBC: the same question through the persistence provider takes several times as long
 * and a second round trip on some databases (see decision 8).
 */
public final class JdbcTokenSource implements TokenSource {

  private static final String QUERY =
      """
      select t.hash, t.scopes, t.expires_at, t.deactivated_at,
        p.id, p.name, p.enabled, p.scopes, p.allowed_networks, t.certificate
      from access_token t join third_party p on p.id = t.third_party_id
      where t.id = ?
      """;
  private static final int TIMEOUT_MILLIS = 5000;

  private final Connections database;

  public JdbcTokenSource(Connections database) {
    this.database = database;
  }

  @Override
  public @Nullable Stored find(String tokenId) {
    // In a list of at most one, as a question to the database has an answer.
    List<Stored> found = database.ask(TIMEOUT_MILLIS, connection -> found(connection, tokenId));
    return found.isEmpty() ? null : found.get(0);
  }

  private static List<Stored> found(Connection connection, String tokenId) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setString(1, tokenId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? List.of(stored(row)) : List.of();
      }
    }
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getBytes(1),
        row.getString(2),
        instant(row, 3),
        instant(row, 4),
        row.getString(5),
        row.getString(6),
        row.getBoolean(7),
        row.getString(8),
        row.getString(9),
        row.getBytes(10));
  }

  // In UTC also where the column knows no zone, as on MariaDB.
  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    Calendar utc = Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.ROOT);
    @Nullable Timestamp timestamp = row.getTimestamp(column, utc);
    return timestamp == null ? null : timestamp.toInstant();
  }
}
