package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Interner;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.UsageRecorder;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import dev.latchkey.core.verify.Verdict.Refused;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Calendar;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database for a token: one statement, by primary key. Thread-safe.
 *
 * <p>By plain JDBC: the same question through the persistence provider takes several times as long
 * and a second round trip on some databases (see decision 8).
 */
final class TokenLookup {

  private static final String QUERY =
      """
      select t.hash, t.scopes, t.expires_at, t.deactivated_at,
        p.id, p.name, p.enabled, p.scopes, p.allowed_networks,
        t.certificate
      from access_token t join third_party p on p.id = t.third_party_id
      where t.id = ?
      """;
  private static final int TIMEOUT_MILLIS = 5000;

  private final Database database;
  private final UsageRecorder usage;
  private final Interner<Grant.Holder> holders = Interner.newWeakInterner();
  private final Interner<Set<String>> scopeSets = Interner.newWeakInterner();

  TokenLookup(Database database, UsageRecorder usage) {
    this.database = database;
    this.usage = usage;
  }

  /**
   * What the database says.
   *
   * @throws PersistenceException when it does not answer
   */
  Finding find(long id) {
    return database.ask(TIMEOUT_MILLIS, connection -> found(connection, id));
  }

  private Finding found(Connection connection, long id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setString(1, TokenFormat.idText(id));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? finding(id, row(row)) : new Unusable(Refused.UNKNOWN, null, null);
      }
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
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

  private Finding finding(long id, Row row) {
    TokenHash hash = TokenHash.ofBytes(row.hash);
    // Expiry is the clock's matter at each check, so it is left out here.
    return switch (TokenStatus.at(Instant.MIN, row.expiresAt, row.deactivatedAt, row.enabled)) {
      case DEACTIVATED, REPORTED_LEAKED ->
          new Unusable(Refused.DEACTIVATED, hash, row.thirdPartyId);
      case THIRD_PARTY_DISABLED ->
          new Unusable(Refused.THIRD_PARTY_DISABLED, hash, row.thirdPartyId);
      case ACTIVE, EXPIRED -> grant(id, hash, row);
    };
  }

  private Grant grant(long id, TokenHash hash, Row row) {
    AllowedNetworks networks = AllowedNetworks.parse(row.allowedNetworks);
    Set<String> scopes =
        Set.copyOf(Scopes.both(Scopes.parse(row.scopes), Scopes.parse(row.thirdPartyScopes)));
    return new Grant(
        id,
        hash,
        holders.intern(new Grant.Holder(row.thirdPartyId, row.name, networks)),
        scopeSets.intern(scopes),
        row.expiresAt == null ? Grant.NEVER : row.expiresAt.toEpochMilli(),
        row.certificate == null ? null : CertificateThumbprint.ofBytes(row.certificate),
        usage.counter(id));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(
      byte[] hash,
      String scopes,
      @Nullable Instant expiresAt,
      @Nullable Instant deactivatedAt,
      String thirdPartyId,
      String name,
      boolean enabled,
      String thirdPartyScopes,
      String allowedNetworks,
      byte @Nullable [] certificate) {}
}
