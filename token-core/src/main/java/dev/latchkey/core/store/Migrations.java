package dev.latchkey.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Creates and updates the tables. One script for all databases: where they differ in the name of a
 * type, or in how they speak of an index, the script has a placeholder.
 */
final class Migrations {

  /**
   * {@code exact} stands behind a column that is compared byte by byte, {@code on_token} behind an
   * index of tokens that is dropped, {@code not_switched_off} behind one that may do without the
   * others, {@code when_purged} behind one that may do without tokens that are kept.
   */
  private static final Map<String, Map<String, String>> PLACEHOLDERS =
      Map.of(
          "h2",
          Map.of(
              "exact", "",
              "hash", "varbinary(32)",
              "instant", "timestamp(3) with time zone",
              "text", "character large object",
              "on_token", "",
              "not_switched_off", "",
              "when_purged", ""),
          "postgresql",
          Map.of(
              "exact", "collate \"C\"",
              "hash", "bytea",
              "instant", "timestamp(3) with time zone",
              "text", "text",
              "on_token", "",
              "not_switched_off", "where deactivated_at is null",
              "when_purged", "where purge_at is not null"),
          "mariadb",
          Map.of(
              "exact", "character set utf8mb4 collate utf8mb4_bin",
              "hash", "varbinary(32)",
              "instant", "datetime(3)",
              "text", "longtext",
              "on_token", "on access_token",
              "not_switched_off", ""));

  private Migrations() {}

  static void apply(DataSource dataSource) {
    apply(dataSource, "latest");
  }

  /** Applies what leads to a version, for tests of what comes behind it. */
  static void apply(DataSource dataSource, String version) {
    String product = product(dataSource);
    Map<String, String> placeholders = PLACEHOLDERS.get(product);
    if (placeholders == null) {
      throw new StoreUnavailableException(
          product + " is not a database that Latchkey knows: use PostgreSQL, MariaDB or H2");
    }
    try {
      Flyway.configure(Migrations.class.getClassLoader())
          .dataSource(dataSource)
          // Open Liberty finds the folder by the empty file flyway.location in it.
          .locations("classpath:dev/latchkey/core/migrations")
          .failOnMissingLocations(true)
          .placeholders(placeholders)
          .target(version)
          .load()
          .migrate();
    } catch (FlywayException failed) {
      throw new StoreUnavailableException(
          "the tables can't be created or updated", String.valueOf(failed.getMessage()), failed);
    }
  }

  private static String product(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    } catch (SQLException unreachable) {
      throw new StoreUnavailableException(
          "the database does not answer", String.valueOf(unreachable.getMessage()), unreachable);
    }
  }
}
