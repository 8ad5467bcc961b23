package dev.latchkey.core.store;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
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

  /** The version of the tables that this code needs; migrations write it down. */
  static final int SCHEMA_VERSION = 3;

  private final ConnectionSource connections;
  private final boolean postgres;
  private final Collection<Class<?>> entities;

  // Written under this.
  private volatile @Nullable EntityManagerFactory factory;
  private boolean failureTold;
  private boolean closed;

  private Database(ConnectionSource connections, Collection<Class<?>> entities) {
    this.connections = connections;
    this.postgres = connections.isPostgres();
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
    return open(settings, server, entities, connections -> {});
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
    Database database =
        open(settings, server, entities, connections -> Migrations.apply(connections.dataSource()));
    try {
      database.entities();
      return database;
    } catch (RuntimeException | Error failed) {
      database.close();
      throw failed;
    }
  }

  private static Database open(
      Settings settings,
      ServerDataSource server,
      Collection<Class<?>> entities,
      Consumer<ConnectionSource> prepare) {
    ConnectionSource connections = ConnectionSource.open(settings, server);
    try {
      prepare.accept(connections);
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

  /** Whether it is PostgreSQL. */
  public boolean isPostgres() {
    return postgres;
  }

  /** Whether the database behind entities is PostgreSQL. */
  public static boolean isPostgres(EntityManagerFactory factory) {
    return factory.unwrap(SessionFactoryImplementor.class).getJdbcServices().getDialect()
        instanceof PostgreSQLDialect;
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
    try (Lease lease = leased(limitMillis)) {
      return question.on(lease.connection());
    } catch (SQLException unanswered) {
      throw new PersistenceException("the database does not answer", unanswered);
    }
  }

  /**
   * What {@code query} answers, each of its statements on its own, without a transaction.
   *
   * @throws PersistenceException when the database does not answer
   */
  public <T> T read(Function<EntityManager, T> query) {
    try (Lease lease = leased(LIMIT_MILLIS);
        EntityManager em = on(lease.connection())) {
      return query.apply(em);
    } catch (SQLException notGivenBack) {
      throw new PersistenceException(notGivenBack);
    }
  }

  /**
   * What {@code work} answers, done in one transaction: committed when it returns, rolled back when
   * it throws.
   *
   * @throws PersistenceException when the database does not answer, or the commit fails
   */
  public <T> T transact(Function<EntityManager, T> work) {
    try (Lease lease = leased(LIMIT_MILLIS);
        EntityManager em = on(lease.connection())) {
      em.getTransaction().begin();
      try {
        T result = work.apply(em);
        em.getTransaction().commit();
        return result;
      } finally {
        if (em.getTransaction().isActive()) {
          rollback(em);
        }
      }
    } catch (SQLException notGivenBack) {
      throw new PersistenceException(notGivenBack);
    }
  }

  // Hibernate would log two lines for each time that there is none; whoever asks says it once.
  private Lease leased(int limitMillis) {
    try {
      return Lease.of(connections.dataSource(), limitMillis);
    } catch (SQLException unreachable) {
      throw new PersistenceException("the database does not answer", unreachable);
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
    return false;
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
