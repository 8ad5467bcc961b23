package dev.latchkey.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store that peers and the floor ask: one prepared {@code SELECT} by primary key through plain
 * JDBC, on a pool like ours, behind Caffeine. Answers that refuse are kept in memory as well, which
 * is kinder to peers than their own documentation.
 */
final class PlainStore implements AutoCloseable {

  private static final String QUERY =
      "select t.hash, t.scopes, t.expires_at, t.deactivated_at, p.id, p.name, p.enabled, p.scopes,"
          + " p.allowed_networks from access_token t join third_party p on p.id = t.third_party_id"
          + " where t.id = ?";

  private final HikariDataSource pool;
  private final Cache<String, Optional<Client>> answers;
  private final Cache<TokenHash, Client> byHash;
  private final ThreadLocal<MessageDigest> sha256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException everyPlatformHasIt) {
              throw new IllegalStateException(everyPlatformHasIt);
            }
          });

  PlainStore(Installation installation, int cacheSize) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(installation.url());
    config.setUsername(installation.user());
    config.setPassword("");
    config.setMaximumPoolSize(8);
    config.setMinimumIdle(1);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    if (installation.url().startsWith("jdbc:postgresql:")) {
      // As ours has it: a socket with a time-out is read in another way.
      config.addDataSourceProperty("socketTimeout", 20);
    }
    this.pool = new HikariDataSource(config);
    this.answers = Caffeine.newBuilder().maximumSize(cacheSize).executor(Runnable::run).build();
    this.byHash = Caffeine.newBuilder().maximumSize(cacheSize).executor(Runnable::run).build();
  }

  /** From memory, by the token itself, or from the database; null when it lets nobody in. */
  @Nullable Client client(String token) {
    return answers.get(token, asked -> Optional.ofNullable(ask(asked))).orElse(null);
  }

  /** The least that a check by hash can do: the hash of what stands in the header, one look-up. */
  @Nullable Client clientByHash(String header, int from) {
    TokenHash hash = hash(header, from);
    return byHash.getIfPresent(hash);
  }

  /** Puts a token where {@link #clientByHash} finds it. */
  void remember(String token) {
    Client client = ask(token);
    if (client != null) {
      byHash.put(hash(token, 0), client);
    }
  }

  private TokenHash hash(String text, int from) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    MessageDigest digest = sha256.get();
    digest.update(bytes, from, bytes.length - from);
    return TokenHash.ofBytes(digest.digest());
  }

  /** From the database. */
  @Nullable Client ask(String token) {
    int id = token.indexOf('_') + 1;
    try {
      return select(token.substring(id, id + 10), BearerToken.parse(token).orElseThrow().hash());
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  // One prepared statement on a connection of the pool, all its columns read.
  private @Nullable Client select(String id, TokenHash hash) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        TokenHash stored = TokenHash.ofBytes(row.getBytes(1));
        String scopes = row.getString(2);
        Timestamp expires = row.getTimestamp(3);
        Timestamp deactivated = row.getTimestamp(4);
        String thirdParty = row.getString(5);
        String name = row.getString(6);
        boolean enabled = row.getBoolean(7);
        String allowed = row.getString(8) + row.getString(9);
        boolean active =
            enabled
                && deactivated == null
                && (expires == null || expires.getTime() > System.currentTimeMillis())
                && stored.equals(hash)
                && !allowed.isEmpty();
        return active ? new Client(thirdParty, name, Set.of(scopes)) : null;
      }
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
