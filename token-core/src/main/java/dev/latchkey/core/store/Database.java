package dev.latchkey.core.store;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PessimisticLockException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.LockAcquisitionException;
import org.hibernate.jpa.HibernatePersistenceProvider;
import org.jspecify.annotations.Nullable;

/**
 * The database of one process: connections, entities and transactions. Thread-safe.
 *
 * <p>The entities are opened when they are first needed: Hibernate takes longer to start than all
 * else, and a check needs none of it (see decision 9).
 */
public final class Database implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Database.class.getName());

  private static final int LIMIT_MILLIS = ConnectionSource.ANSWER_SECONDS * 1000;
  private static final int TRIES = 4;

  // For this transaction only: another client may get the connection, or its session, next.
  // Without limits a process that hangs would hold the lock of the feed for ever.
  private static final String POSTGRES_TRANSACTION =
      "set transaction isolation level read committed; set local lock_timeout = '5s';"
          + " set local idle_in_transaction_session_timeout = '30s'";

  private static final String NEXT_READ_COMMITTED =
      "set transaction isolation level read committed";

  /** The version of the tables that this code needs; migrations write it down. */
  static final int SCHEMA_VERSION = 8;

  private final ConnectionSource connections;
  private final DatabaseKind kind;
  private final Collection<Class<?>> entities;

  // Written under this.
  private volatile @Nullable EntityManagerFactory factory;
  private boolean failureTold;
  private boolean closed;

  private Database(ConnectionSource connections, Collection<Class<?>> entities) {
    this.connections = connections;
    this.kind = connections.kind();
    this.entities = List.copyOf(entities);
  }

  /** A question to the database by plain JDBC. */
  @FunctionalInterface
  public interface Question<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Opens the database that the settings name. Its tables must be there.
   *
   * @param server looked up by the same settings
   * @param entities the classes that are mapped to tables
   * @throws StoreUnavailableException when it does not answer, or its tables are missing or older
   *     than this code; a later call may succeed
   */
  public static Database open(
      Settings settings, ServerDataSource server, Collection<Class<?>> entities) {
    return open(entities, () -> ConnectionSource.open(settings, server));
  }

  /**
   * Opens the database that the settings name, brings its tables up to date first, and opens the
   * entities. Needs Flyway on the class path. Several processes may do so at once.
   *
   * @param server looked up by the same settings
   * @throws StoreUnavailableException when it does not answer or can't be migrated
   */
  public static Database migrate(
      Settings settings, ServerDataSource server, Collection<Class<?>> entities) {
    Database database = open(entities, () -> ConnectionSource.openMigrated(settings, server));
    try {
      database.entities();
      return database;
    } catch (RuntimeException | Error failed) {
      database.close();
      throw failed;
    }
  }

  private static Database open(
      Collection<Class<?>> entities, Supplier<ConnectionSource> connecting) {
    ConnectionSource connections;
    try {
      connections = connecting.get();
    } catch (StoreUnavailableException | InvalidConfigurationException told) {
      throw told;
    } catch (RuntimeException failed) {
      throw unusable(failed);
    }
    try {
      connections.requireSchema(SCHEMA_VERSION);
      return new Database(connections, entities);
    } catch (RuntimeException failed) {
      connections.close();
      throw failed instanceof StoreUnavailableException ? failed : unusable(failed);
    } catch (Error missingClass) {
      connections.close();
      throw missingClass;
    }
  }

  /** The state of our own pool; empty where the connections are the server's. Asks nobody. */
  public Optional<PoolState> pool() {
    return connections.pool();
  }

  private EntityManagerFactory entities() {
    EntityManagerFactory opened = factory;
    return opened == null ? opened() : opened;
  }

  private synchronized EntityManagerFactory opened() {
    EntityManagerFactory opened = factory;
    if (opened != null) {
      return opened;
    }
    if (closed) {
      throw new PersistenceException("the database is closed");
    }
    try {
      opened =
          new HibernatePersistenceProvider()
              .createContainerEntityManagerFactory(
                  new PersistenceUnit(connections.dataSource(), entities),
                  Map.of(
                      "hibernate.hbm2ddl.auto", "none",
                      // WildFly's Hibernate, which a jar in an application gets, brings Envers.
                      "hibernate.integration.envers.enabled", "false",
                      "hibernate.jdbc.time_zone", "UTC",
                      "hibernate.xml_mapping_enabled", "false",
                      "hibernate.order_inserts", "true",
                      "hibernate.transaction.jta.platform",
                          "org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform"));
      factory = opened;
      return opened;
    } catch (RuntimeException failed) {
      tell(failed);
      throw unusable(failed);
    } catch (Error missingClass) {
      tell(missingClass);
      throw missingClass;
    }
  }

  private static StoreUnavailableException unusable(RuntimeException failed) {
    return new StoreUnavailableException(
        "the database can't be used", String.valueOf(failed.getMessage()), failed);
  }

  // Whoever counts tries again and again, and says nothing.
  private void tell(Throwable failed) {
    if (!failureTold) {
      failureTold = true;
      LOG.log(
          Level.WARNING, "nothing can be written to the database yet; it is tried again", failed);
    }
  }

  /** What kind of database it is. */
  public DatabaseKind kind() {
    return kind;
  }

  /**
   * What {@code question} answers, by plain JDBC and in auto-commit mode: for what entities can't
   * do, and for what is asked before they are opened.
   *
   * @throws PersistenceException when the database does not answer within 20 seconds
   */
  public <T> T ask(Question<T> question) {
    return ask(LIMIT_MILLIS, question);
  }

  /**
   * The same with another limit.
   *
   * @param limitMillis how long a statement may take
   * @throws PersistenceException when the database does not answer in that time
   */
  public <T> T ask(int limitMillis, Question<T> question) {
    return again(
        false,
        () -> {
          try (Lease lease = leased(limitMillis)) {
            return question.on(lease.connection());
          } catch (SQLException unanswered) {
            throw new PersistenceException("the database does not answer", unanswered);
          }
        });
  }

  /**
   * What {@code query} answers, each of its statements on its own, without a transaction.
   *
   * @throws PersistenceException when the database does not answer
   */
  public <T> T read(Function<EntityManager, T> query) {
    return again(
        false,
        () -> {
          try (Lease lease = leased(LIMIT_MILLIS);
              EntityManager em = on(lease.connection())) {
            return query.apply(em);
          } catch (SQLException notGivenBack) {
            throw new PersistenceException(notGivenBack);
          }
        });
  }

  /**
   * What {@code work} answers, done in one transaction at the isolation level read committed:
   * committed when it returns, rolled back when it throws. Done again, from the start, when another
   * transaction got in its way (a serialization failure or a deadlock), a few times.
   *
   * @throws PersistenceException when the database does not answer, or the commit fails
   */
  public <T> T transact(Function<EntityManager, T> work) {
    return again(true, () -> transacted(work));
  }

  private <T> T transacted(Function<EntityManager, T> work) {
    try (Lease lease = leased(LIMIT_MILLIS);
        EntityManager em = on(lease.connection())) {
      if (kind == DatabaseKind.MARIADB) {
        execute(lease.connection(), NEXT_READ_COMMITTED);
      }
      em.getTransaction().begin();
      try {
        if (kind == DatabaseKind.POSTGRESQL) {
          execute(lease.connection(), POSTGRES_TRANSACTION);
        }
        T result = work.apply(em);
        em.getTransaction().commit();
        return result;
      } finally {
        if (em.getTransaction().isActive()) {
          rollback(em);
        }
      }
    } catch (SQLException failed) {
      throw new PersistenceException("the database does not answer", failed);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** There is no connection at all, so that it would be in vain to ask again at once. */
  private static final class NoConnectionException extends PersistenceException {

    private static final long serialVersionUID = 1L;

    NoConnectionException(SQLException unreachable) {
      super("the database does not answer", unreachable);
    }
  }

  // A commit whose answer was lost may have succeeded, so a transaction is not repeated for a
  // broken connection.
  private <T> T again(boolean transaction, Supplier<T> work) {
    for (int i = 1; ; i++) {
      try {
        return work.get();
      } catch (NoConnectionException unreachable) {
        throw unreachable;
      } catch (PersistenceException failed) {
        boolean broken = Failures.broken(failed);
        if (broken) {
          connections.evictIdle();
        }
        boolean mayHelp = broken ? !transaction : Failures.conflict(failed);
        if (!mayHelp || i == (broken ? 2 : TRIES)) {
          throw failed;
        }
      }
    }
  }

  // Hibernate would log two lines for each time that there is none; whoever asks says it once.
  private Lease leased(int limitMillis) {
    try {
      return connections.lease(limitMillis);
    } catch (SQLException unreachable) {
      throw new NoConnectionException(unreachable);
    }
  }

  private EntityManager on(Connection connection) {
    return entities()
        .unwrap(SessionFactory.class)
        .withOptions()
        .connection(connection)
        .openSession();
  }

  /**
   * Whether a transaction failed because another one got in its way, so that it may succeed when it
   * is done again.
   */
  public static boolean gotInTheWay(@Nullable Throwable failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause instanceof OptimisticLockException
          || cause instanceof PessimisticLockException
          || cause instanceof LockTimeoutException
          || cause instanceof ConstraintViolationException
          || cause instanceof LockAcquisitionException) {
        return true;
      }
    }
    return Failures.conflict(failed);
  }

  // The connection may be gone, which rolls back as well; the first failure is the one to tell.
  private static void rollback(EntityManager em) {
    try {
      em.getTransaction().rollback();
    } catch (PersistenceException connectionLost) {
      LOG.log(Level.DEBUG, "roll back", connectionLost);
    }
  }

  /** Closes the entities and our own connections; a DataSource of the server is left alone. */
  @Override
  public synchronized void close() {
    closed = true;
    EntityManagerFactory opened = factory;
    factory = null;
    try {
      if (opened != null) {
        opened.close();
      }
    } finally {
      // First, so that nothing that fails leaves connections behind.
      connections.close();
      if (opened != null || failureTold) {
        AnnotationCache.forget(entities);
      }
    }
  }
}
