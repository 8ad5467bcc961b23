package dev.latchkey.core.store;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The database of one process by plain JDBC: all that checking tokens needs of it. Thread-safe.
 *
 * <p>No class that this one uses needs Jakarta Persistence, so that applications with the filter
 * need none (see decision 9).
 */
public final class Connections implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Connections.class.getName());

  static final int LIMIT_MILLIS = ConnectionSource.ANSWER_SECONDS * 1000;
  private static final int TRIES = 4;

  // For this transaction only: another client may get the connection, or its session, next.
  // Without limits a process that hangs would hold the lock of the feed for ever.
  private static final String POSTGRES_TRANSACTION =
      "set transaction isolation level read committed; set local lock_timeout = '5s';"
          + " set local idle_in_transaction_session_timeout = '30s'";

  private static final String NEXT_READ_COMMITTED =
      "set transaction isolation level read committed";

  /** The version of the tables that this code needs; migrations write it down. */
  static final int SCHEMA_VERSION = 11;

  private final ConnectionSource source;
  private final DatabaseKind kind;

  private Connections(ConnectionSource source) {
    this.source = source;
    this.kind = source.kind();
  }

  /** A question to the database. */
  @FunctionalInterface
  public interface Question<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Opens the database that the settings name. Its tables must be there.
   *
   * @param server looked up by the same settings
   * @throws StoreUnavailableException when it does not answer, or its tables are missing or older
   *     than this code; a later call may succeed
   */
  public static Connections open(Settings settings, ServerDataSource server) {
    return open(() -> ConnectionSource.open(settings, server));
  }

  /** The same after the tables are brought up to date. Needs Flyway on the class path. */
  static Connections migrated(Settings settings, ServerDataSource server) {
    return open(() -> ConnectionSource.openMigrated(settings, server));
  }

  private static Connections open(Supplier<ConnectionSource> connecting) {
    ConnectionSource source;
    try {
      source = connecting.get();
    } catch (StoreUnavailableException | InvalidConfigurationException told) {
      throw told;
    } catch (RuntimeException failed) {
      throw unusable(failed);
    }
    try {
      source.requireSchema(SCHEMA_VERSION);
      return new Connections(source);
    } catch (RuntimeException failed) {
      source.close();
      throw failed instanceof StoreUnavailableException ? failed : unusable(failed);
    } catch (Error missingClass) {
      source.close();
      throw missingClass;
    }
  }

  static StoreUnavailableException unusable(RuntimeException failed) {
    return new StoreUnavailableException(
        "the database can't be used", String.valueOf(failed.getMessage()), failed);
  }

  /** What kind of database it is. */
  public DatabaseKind kind() {
    return kind;
  }

  /** The state of our own pool; empty where the connections are the server's. Asks nobody. */
  public Optional<PoolState> pool() {
    return source.pool();
  }

  DataSource dataSource() {
    return source.dataSource();
  }

  /**
   * What {@code question} answers, in auto-commit mode.
   *
   * @throws DatabaseException when the database does not answer within 20 seconds
   */
  public <T> T ask(Question<T> question) {
    return ask(LIMIT_MILLIS, question);
  }

  /**
   * The same with another limit.
   *
   * @param limitMillis how long a statement may take
   * @throws DatabaseException when the database does not answer in that time
   */
  public <T> T ask(int limitMillis, Question<T> question) {
    return again(
        false,
        () -> {
          try (Lease lease = leased(limitMillis)) {
            return question.on(lease.connection());
          } catch (SQLException unanswered) {
            throw new DatabaseException("the database does not answer", unanswered);
          }
        });
  }

  /**
   * What {@code work} answers, done in one transaction at the isolation level read committed:
   * committed when it returns, rolled back when it throws. Done again, from the start, when another
   * transaction got in its way (a serialization failure or a deadlock), a few times.
   *
   * @throws DatabaseException when the database does not answer, or the commit fails
   */
  public <T> T transact(Question<T> work) {
    return again(
        true,
        () -> {
          try (Lease lease = leased(LIMIT_MILLIS)) {
            return transacted(lease.connection(), work);
          } catch (SQLException failed) {
            throw new DatabaseException("the database does not answer", failed);
          }
        });
  }

  private <T> T transacted(Connection connection, Question<T> work) throws SQLException {
    beforeTransaction(connection);
    connection.setAutoCommit(false);
    try {
      inTransaction(connection);
      T result = work.on(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error failed) {
      // The connection may be gone, which rolls back as well; the first failure is the one to tell.
      quietly(connection::rollback);
      throw failed;
    } finally {
      quietly(() -> connection.setAutoCommit(true));
    }
  }

  private interface Step {
    void done() throws SQLException;
  }

  private static void quietly(Step step) {
    try {
      step.done();
    } catch (SQLException connectionLost) {
      LOG.log(Level.DEBUG, "end of a transaction", connectionLost);
    }
  }

  /** What a transaction needs before it begins. */
  void beforeTransaction(Connection connection) throws SQLException {
    if (kind == DatabaseKind.MARIADB) {
      execute(connection, NEXT_READ_COMMITTED);
    }
  }

  /** What a transaction needs first of all. */
  void inTransaction(Connection connection) throws SQLException {
    if (kind == DatabaseKind.POSTGRESQL) {
      execute(connection, POSTGRES_TRANSACTION);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * What {@code work} answers, done again where that may help. A commit whose answer was lost may
   * have succeeded, so a transaction is not repeated for a broken connection.
   */
  <T> T again(boolean transaction, Supplier<T> work) {
    for (int i = 1; ; i++) {
      try {
        return work.get();
      } catch (DatabaseException.NoConnectionException unreachable) {
        throw unreachable;
      } catch (RuntimeException failed) {
        boolean broken = Failures.broken(failed);
        if (broken) {
          source.evictIdle();
        }
        boolean mayHelp = broken ? !transaction : Failures.conflict(failed);
        if (!mayHelp || i == (broken ? 2 : TRIES)) {
          throw failed;
        }
      }
    }
  }

  /**
   * A connection, to be closed by the caller.
   *
   * @throws DatabaseException when there is none
   */
  Lease leased(int limitMillis) {
    try {
      return source.lease(limitMillis);
    } catch (SQLException unreachable) {
      throw new DatabaseException.NoConnectionException(unreachable);
    }
  }

  /** Closes our own connections; a DataSource of the server is left alone. */
  @Override
  public void close() {
    source.close();
  }
}
