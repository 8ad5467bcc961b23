package dev.latchkey.core.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Creates and updates the tables. One script for all databases: where they differ in the name of a
 * type, or in how they speak of an index, the script has a placeholder.
 */
final class Migrations {

  // Flyway's own name is often taken by the application that the schema is shared with.
  private static final String HISTORY = "latchkey_schema_history";
  private static final String FLYWAYS_HISTORY = "flyway_schema_history";

  /** The scripts that earlier versions wrote down in Flyway's table. */
  private static final Set<String> EARLIER =
      Set.of("V1__tables.sql", "V2__console.sql", "V3__figures.sql");

  // Compares byte by byte, spaces at the end included, whatever the database does by default.
  private static final String MARIADB_TEXT = "character set utf8mb4 collate utf8mb4_nopad_bin";

  /**
   * {@code exact} stands behind a column that is compared byte by byte, {@code table} behind a
   * table, {@code on_token} behind an index of tokens that is dropped, {@code not_switched_off} and
   * {@code when_purged} behind one that may do without the others, {@code mariadb} before a
   * statement for MariaDB alone.
   */
  private static final Map<DatabaseKind, Map<String, String>> PLACEHOLDERS =
      new EnumMap<>(
          Map.of(
              DatabaseKind.H2,
              Map.of(
                  "exact", "",
                  "table", "",
                  "hash", "varbinary(32)",
                  "instant", "timestamp(3) with time zone",
                  "text", "character large object",
                  "on_token", "",
                  "not_switched_off", "",
                  "when_purged", "",
                  "mariadb", "--"),
              DatabaseKind.POSTGRESQL,
              Map.of(
                  "exact", "collate \"C\"",
                  "table", "",
                  "hash", "bytea",
                  "instant", "timestamp(3) with time zone",
                  "text", "text",
                  "on_token", "",
                  "not_switched_off", "where deactivated_at is null",
                  "when_purged", "where purge_at is not null",
                  "mariadb", "--"),
              DatabaseKind.MARIADB,
              Map.of(
                  "exact", MARIADB_TEXT,
                  "table", "default " + MARIADB_TEXT,
                  "hash", "varbinary(32)",
                  "instant", "datetime(3)",
                  "text", "longtext",
                  "on_token", "on access_token",
                  "not_switched_off", "",
                  "when_purged", "",
                  "mariadb", "")));

  private Migrations() {}

  /**
   * Brings the tables up to date.
   *
   * @param schema where they are; empty for where the connections say
   * @throws StoreUnavailableException when that is not possible
   */
  static void apply(DataSource dataSource, Optional<String> schema) {
    apply(dataSource, schema, "latest");
  }

  /** Applies what leads to a version, for tests of what comes behind it. */
  static void apply(DataSource dataSource, Optional<String> schema, String version) {
    try {
      DatabaseKind kind = prepared(dataSource, schema);
      FluentConfiguration flyway =
          Flyway.configure(Migrations.class.getClassLoader())
              .dataSource(dataSource)
              // Open Liberty finds the folder by the empty file flyway.location in it.
              .locations("classpath:dev/latchkey/core/migrations")
              .failOnMissingLocations(true)
              .placeholders(PLACEHOLDERS.get(kind))
              .table(HISTORY)
              // The schema may have tables of others.
              .baselineOnMigrate(true)
              .baselineVersion("0")
              .target(version);
      schema.ifPresent(name -> flyway.defaultSchema(name).schemas(name));
      flyway.load().migrate();
    } catch (SQLException unreachable) {
      throw new StoreUnavailableException(
          "the database does not answer", String.valueOf(unreachable.getMessage()), unreachable);
    } catch (FlywayException failed) {
      throw new StoreUnavailableException(
          "the tables can't be created or updated", String.valueOf(failed.getMessage()), failed);
    }
  }

  private static DatabaseKind prepared(DataSource dataSource, Optional<String> schema)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      DatabaseKind kind = DatabaseKind.of(connection);
      requireUnicode(connection, kind);
      if (schema.isEmpty()) {
        takeOverHistory(connection);
      }
      return kind;
    }
  }

  private static void requireUnicode(Connection connection, DatabaseKind kind) throws SQLException {
    if (kind == DatabaseKind.POSTGRESQL) {
      String encoding = text(connection, "show server_encoding");
      if (!"UTF8".equals(encoding)) {
        throw new StoreUnavailableException(
            "the database has the encoding "
                + encoding
                + ", which can't hold every name: create it with ENCODING 'UTF8'");
      }
    }
  }

  // Before the first release, the history stood in the table that Flyway takes by default.
  private static void takeOverHistory(Connection connection) throws SQLException {
    if (!exists(connection, FLYWAYS_HISTORY) || exists(connection, HISTORY)) {
      return;
    }
    List<String> scripts = new ArrayList<>();
    String theirs = quoted(connection, FLYWAYS_HISTORY);
    String ours = quoted(connection, HISTORY);
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("select " + quoted(connection, "script") + " from " + theirs)) {
        while (rows.next()) {
          scripts.add(rows.getString(1));
        }
      }
      if (!scripts.isEmpty() && EARLIER.containsAll(scripts)) {
        statement.execute("alter table " + theirs + " rename to " + ours);
      } else if (scripts.stream().anyMatch(EARLIER::contains)
          && exists(connection, "schema_info")) {
        throw new StoreUnavailableException(
            "the table "
                + FLYWAYS_HISTORY
                + " has migrations of Latchkey and of another application: move those of Latchkey"
                + " to "
                + HISTORY
                + ", a table of the same columns");
      }
    }
  }

  private static boolean exists(Connection connection, String table) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select 1 from " + quoted(connection, table) + " where 1 = 0");
      return true;
    } catch (SQLException notThere) {
      return exists(connection, table, notThere);
    }
  }

  // Tables of ours were made without quotes, which H2 takes for capitals.
  private static boolean exists(Connection connection, String table, SQLException notThere) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select 1 from " + table + " where 1 = 0");
      return true;
    } catch (SQLException neither) {
      notThere.addSuppressed(neither);
      return false;
    }
  }

  private static String quoted(Connection connection, String name) throws SQLException {
    String quote = connection.getMetaData().getIdentifierQuoteString();
    return quote + name + quote;
  }

  private static @Nullable String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
