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
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.MariaDBDialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.LockAcquisitionException;
import org.hibernate.jpa.HibernatePersistenceProvider;
import org.jspecify.annotations.Nullable;

/**
 * The database of one process as an admin's side needs it: entities and transactions, beside plain
 * JDBC. Needs Jakarta Persistence and Hibernate on the class path. Thread-safe.
 */
public final class Database implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Database.class.getName());

  private final Connections connections;
  private final Collection<Class<?>> entities;

  // Written under this.
  private volatile @Nullable EntityManagerFactory factory;
  private boolean failureTold;
  private boolean closed;

  private Database(Connections connections, Collection<Class<?>> entities) {
    this.connections = connections;
    this.entities = List.copyOf(entities);
  }

  /**
   * Opens the database that the settings name. Its tables must be there. The entities are opened
   * when they are first needed.
   *
   * @param server looked up by the same settings
   * @param entities the classes that are mapped to tables
   * @throws StoreUnavailableException when it does not answer, or its tables are missing or older
   *     than this code; a later call may succeed
   */
  public static Database open(
      Settings settings, ServerDataSource server, Collection<Class<?>> entities) {
    return new Database(Connections.open(settings, server), entities);
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
    Database database = new Database(Connections.migrated(settings, server), entities);
    try {
      database.openEntities();
      return database;
    } catch (RuntimeException | Error failed) {
      database.close();
      throw failed;
    }
  }

  /**
   * Opens the entities now.
   *
   * @throws StoreUnavailableException when they can't be opened yet
   * @throws LinkageError when there is no Hibernate, or one that this code does not know
   */
  public void openEntities() {
    entities();
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
      throw Connections.unusable(failed);
    } catch (Error missingClass) {
      tell(missingClass);
      throw missingClass;
    }
  }

  // Whoever counts tries again and again, and says nothing.
  private void tell(Throwable failed) {
    if (!failureTold) {
      failureTold = true;
      LOG.log(
          Level.WARNING, "nothing can be written to the database yet; it is tried again", failed);
    }
  }

  /** The same database by plain JDBC; closed with this one. */
  public Connections connections() {
    return connections;
  }

  /** What kind of database it is. */
  public DatabaseKind kind() {
    return connections.kind();
  }

  /**
   * What {@code question} answers, by plain JDBC and in auto-commit mode: for what entities can't
   * do.
   *
   * @throws PersistenceException when the database does not answer within 20 seconds
   */
  public <T> T ask(Connections.Question<T> question) {
    return told(() -> connections.ask(question));
  }

  /**
   * What {@code query} answers, each of its statements on its own, without a transaction.
   *
   * @throws PersistenceException when the database does not answer
   */
  public <T> T read(Function<EntityManager, T> query) {
    return told(
        () ->
            connections.again(
                false,
                () -> {
                  try (Lease lease = connections.leased(Connections.LIMIT_MILLIS);
                      EntityManager em = on(lease.connection())) {
                    return query.apply(em);
                  } catch (SQLException notGivenBack) {
                    throw new PersistenceException(notGivenBack);
                  }
                }));
  }

  /**
   * What {@code work} answers, done in one transaction at the isolation level read committed:
   * committed when it returns, rolled back when it throws. Done again, from the start, when another
   * transaction got in its way (a serialization failure or a deadlock), a few times.
   *
   * @throws PersistenceException when the database does not answer, or the commit fails
   */
  public <T> T transact(Function<EntityManager, T> work) {
    return told(() -> connections.again(true, () -> transacted(work)));
  }

  private <T> T transacted(Function<EntityManager, T> work) {
    try (Lease lease = connections.leased(Connections.LIMIT_MILLIS);
        EntityManager em = on(lease.connection())) {
      connections.beforeTransaction(lease.connection());
      em.getTransaction().begin();
      try {
        connections.inTransaction(lease.connection());
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

  // Who works with entities knows one kind of failure.
  private static <T> T told(Supplier<T> work) {
    try {
      return work.get();
    } catch (DatabaseException failed) {
      throw new PersistenceException(failed.getMessage(), failed.getCause());
    }
  }

  private EntityManager on(Connection connection) {
    return entities()
        .unwrap(SessionFactory.class)
        .withOptions()
        .connection(connection)
        .openSession();
  }

  /** The kind of the database behind entities, as they were opened for it. */
  public static DatabaseKind kindBehind(EntityManager em) {
    Dialect dialect =
        em.getEntityManagerFactory()
            .unwrap(SessionFactoryImplementor.class)
            .getJdbcServices()
            .getDialect();
    if (dialect instanceof PostgreSQLDialect) {
      return DatabaseKind.POSTGRESQL;
    }
    return dialect instanceof MariaDBDialect ? DatabaseKind.MARIADB : DatabaseKind.H2;
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
