package dev.latchkey.bench;

import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A database with the tables of an installation and with tokens whose secrets are known here, in
 * the order in which they are to be used.
 */
record Installation(
    String url, String user, List<String> active, List<String> deactivated, List<String> foreign) {

  private static final String THIRD_PARTY =
      "insert into third_party (id, name, name_key, enabled, authorization_kind, scopes,"
          + " allowed_networks, created_at, created_by, version) values (?, ?, ?, true, 'MANUAL',"
          + " 'licences:read', '', current_timestamp, 'bench', 0)";
  private static final String TOKEN =
      "insert into access_token (id, third_party_id, prefix, hash, scopes, created_at, created_by,"
          + " expires_at, deactivated_at, version) values (?, ?, 'lk', ?, 'licences:read',"
          + " current_timestamp, 'bench', current_timestamp + interval '90' day, ?, 0)";
  private static final int BATCH = 1000;
  private static final int TOKENS_OF_ONE = 20;

  /** What a filter is told to use it: its init parameters. */
  Map<String, String> parameters() {
    return Map.of("jdbc.url", url, "jdbc.user", user);
  }

  /** A new installation in an embedded database of this process, with so many tokens. */
  static Installation inMemory(int tokens) throws SQLException {
    return in("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", tokens);
  }

  /** A new installation in an empty database, with so many tokens. */
  static Installation in(String url, String user, int tokens) throws SQLException {
    try (Administration administration = open(url, user)) {
      TagKeys keys = administration.database().read(TagKeyRow::stored).orElseThrow();
      return administration
          .database()
          .ask(
              connection -> {
                thirdParties(connection, tokens / TOKENS_OF_ONE + 1);
                List<String> active = tokens(connection, keys, tokens, null);
                List<String> deactivated =
                    tokens(connection, keys, Math.min(tokens, 1000), new Timestamp(0));
                return new Installation(url, user, active, deactivated, foreignTokens());
              });
    }
  }

  static Administration open(String url, String user) {
    Settings settings =
        Settings.read(
            Map.of(),
            Map.of("latchkey.jdbc.url", url, "latchkey.jdbc.user", user),
            Map.of(),
            Map.of());
    return Administration.open(
        settings,
        ServerDataSource.lookedUp(settings),
        Clock.systemUTC(),
        new SecureRandom(),
        List.of());
  }

  /** Reads what {@link #write} has written. */
  static Installation read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return new Installation(
        lines.get(0),
        lines.get(1),
        List.of(lines.get(2).split(" ", -1)),
        List.of(lines.get(3).split(" ", -1)),
        foreignTokens());
  }

  /** Writes it down for another process. */
  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, List.of(url, user, String.join(" ", active), String.join(" ", deactivated)));
  }

  /** Tokens of our format that another installation has generated. */
  private static List<String> foreignTokens() {
    TagKeys others = new TagKeys(List.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    TokenFormat format = new TokenFormat(new SecureRandom());
    List<String> foreign = new ArrayList<>();
    for (int i = 0; i < 1024; i++) {
      foreign.add(format.mint("lk", others).token().reveal());
    }
    return foreign;
  }

  static void thirdParties(Connection connection, int count) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(THIRD_PARTY)) {
      for (int i = 0; i < count; i++) {
        String id = "tp" + i;
        insert.setString(1, id);
        insert.setString(2, "Third Party " + i);
        insert.setString(3, "third party " + i);
        insert.addBatch();
        if (i % BATCH == BATCH - 1) {
          insert.executeBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private static List<String> tokens(
      Connection connection, TagKeys keys, int count, @Nullable Timestamp deactivated)
      throws SQLException {
    TokenFormat format = new TokenFormat(new SecureRandom());
    List<String> tokens = new ArrayList<>(count);
    try (PreparedStatement insert = connection.prepareStatement(TOKEN)) {
      for (int i = 0; i < count; i++) {
        MintedToken token = format.mint("lk", keys);
        insert.setString(1, token.id());
        insert.setString(2, "tp" + i / TOKENS_OF_ONE);
        insert.setBytes(3, token.hash().toBytes());
        insert.setTimestamp(4, deactivated);
        insert.addBatch();
        tokens.add(token.token().reveal());
        if (i % BATCH == BATCH - 1) {
          insert.executeBatch();
        }
      }
      insert.executeBatch();
    }
    return tokens;
  }

  static void analyze(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("analyze");
    }
  }
}
