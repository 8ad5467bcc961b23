package dev.latchkey.core.store;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Where connections come from: the server's DataSource, or a pool of our own. */
final class ConnectionSource implements AutoCloseable {

  // A connection that hangs must not hold a request for longer than a client waits.
  static final int ANSWER_SECONDS = 20;

  private final DataSource dataSource;
  private final Optional<String> schema;
  private final Runnable evict;
  private final Runnable close;
  private final Supplier<Optional<PoolState>> pool;

  ConnectionSource(
      DataSource dataSource,
      Optional<String> schema,
      Runnable evict,
      Runnable close,
      Supplier<Optional<PoolState>> pool) {
    this.pool = pool;
    this.dataSource = dataSource;
    this.schema = schema;
    this.evict = evict;
    this.close = close;
  }

  static ConnectionSource open(Settings settings, ServerDataSource server) {
    return server
        .get()
        .map(
            dataSource ->
                new ConnectionSource(
                    dataSource, settings.get(Key.JDBC_SCHEMA), () -> {}, () -> {}, Optional::empty))
        .orElseGet(() -> ofOurOwn(() -> OwnConnections.open(settings)));
  }

  /**
   * The same, after the tables are brought up to date. Needs Flyway on the class path.
   *
   * @throws StoreUnavailableException when that is not possible
   */
  static ConnectionSource openMigrated(Settings settings, ServerDataSource server) {
    if (server.get().isEmpty() && settings.get(Key.JDBC_URL).isEmpty()) {
      return ofOurOwn(() -> OwnConnections.embeddedMigrated(settings));
    }
    ConnectionSource connections = open(settings, server);
    try {
      Migrations.apply(connections.dataSource, settings.get(Key.JDBC_SCHEMA));
      return connections;
    } catch (RuntimeException | Error failed) {
      connections.close();
      throw failed;
    }
  }

  private static ConnectionSource ofOurOwn(Supplier<ConnectionSource> connecting) {
    try {
      return connecting.get();
    } catch (NoClassDefFoundError noPool) {
      throw new InvalidConfigurationException(
          "connections of our own need com.zaxxer:HikariCP and org.slf4j:slf4j-api on the class path ("
              + noPool.getMessage()
              + " is missing): add them to the application, or name the server's DataSource in "
              + Key.DATASOURCE);
    }
  }

  DataSource dataSource() {
    return dataSource;
  }

  /**
   * A connection on which nobody waits longer than {@code limitMillis}, in our schema.
   *
   * @throws SQLException when there is none
   */
  Lease lease(int limitMillis) throws SQLException {
    return Lease.of(dataSource, limitMillis, schema.orElse(null));
  }

  /** Drops the idle connections of our own pool: one of them was broken, so all may be. */
  void evictIdle() {
    evict.run();
  }

  void requireSchema(int needed) {
    try (Lease lease = lease(ANSWER_SECONDS * 1000)) {
      int found = schemaVersion(lease.connection());
      if (found < needed) {
        throw new StoreUnavailableException(
            "the tables in the database are of version "
                + found
                + ", this code needs "
                + needed
                + ": start the new admin WAR (token-admin-rest) on this database, it updates them");
      }
    } catch (SQLException unreachable) {
      throw new StoreUnavailableException(
          "the database does not answer", String.valueOf(unreachable.getMessage()), unreachable);
    }
  }

  /** What kind of database they are connections to. */
  DatabaseKind kind() {
    try (Connection connection = dataSource.getConnection()) {
      return DatabaseKind.of(connection);
    } catch (SQLException unreachable) {
      throw new StoreUnavailableException(
          "the database does not answer", String.valueOf(unreachable.getMessage()), unreachable);
    }
  }

  private static int schemaVersion(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select version from schema_info")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException noSuchTable) {
      throw new StoreUnavailableException(
          "the database has no tables of Latchkey: start the admin WAR (token-admin-rest) on this"
              + " database once, it creates them",
          noSuchTable);
    }
  }

  /** The state of our own pool; empty where the connections are the server's. */
  Optional<PoolState> pool() {
    return pool.get();
  }

  @Override
  public void close() {
    close.run();
  }
}
