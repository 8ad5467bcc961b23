package dev.latchkey.core.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pool of our own. The only class that uses HikariCP, and SLF4J through it, so that neither is
 * needed where the server's DataSource is used.
 */
final class OwnConnections {

  private static final Logger LOG = System.getLogger(OwnConnections.class.getName());

  private static final int CONNECT_SECONDS = 5;
  // All changes wait for one lock, which a process that hangs may hold; those who wait are told.
  private static final int LOCK_SECONDS = 5;
  private static final int LOCK_MILLIS = LOCK_SECONDS * 1000;

  private OwnConnections() {}

  static ConnectionSource open(Settings settings) {
    Optional<String> url = settings.get(Key.JDBC_URL);
    if (url.isEmpty()) {
      return embedded(settings);
    }
    RegisteredDrivers drivers = RegisteredDrivers.now();
    HikariConfig pool = pool(url.get());
    settings.get(Key.JDBC_SCHEMA).ifPresent(schema -> inSchema(schema, url.get(), pool));
    settings.get(Key.JDBC_USER).ifPresent(pool::setUsername);
    settings.get(Key.JDBC_PASSWORD).ifPresent(pool::setPassword);
    pool.setMaximumPoolSize(settings.get(Key.JDBC_POOL_SIZE));
    return owned(pool, drivers);
  }

  private static HikariConfig pool(String url) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("latchkey");
    pool.setJdbcUrl(url);
    pool.setExceptionOverride(new EvictBroken());
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(CONNECT_SECONDS * 1000L);
    // Whether the database answers is found out by whoever asks it, and asked again.
    pool.setInitializationFailTimeout(-1);
    driver(url, pool);
    return pool;
  }

  // As a parameter of the start of the session, so that no statement has to set it.
  private static void inSchema(String schema, String url, HikariConfig pool) {
    if (url.toLowerCase(Locale.ROOT).startsWith("jdbc:postgresql:")) {
      pool.addDataSourceProperty("currentSchema", schema);
    } else if (url.toLowerCase(Locale.ROOT).startsWith("jdbc:mariadb:")) {
      throw new InvalidConfigurationException(
          Key.JDBC_SCHEMA
              + " = \""
              + schema
              + "\" is not allowed with MariaDB, where a schema is a database: name it in "
              + Key.JDBC_URL);
    } else {
      pool.setSchema(schema);
    }
  }

  /** Takes a connection out of the pool when its driver says that it is broken. */
  private static final class EvictBroken implements SQLExceptionOverride {

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failed) {
      return Failures.isBroken(failed)
          ? SQLExceptionOverride.Override.MUST_EVICT
          : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
  }

  private static ConnectionSource owned(HikariConfig pool, RegisteredDrivers drivers) {
    HikariDataSource dataSource = pool(pool);
    return new ConnectionSource(
        dataSource,
        Optional.empty(),
        () -> dataSource.getHikariPoolMXBean().softEvictConnections(),
        () -> {
          dataSource.close();
          drivers.takeOutWhatCameSince();
        },
        () -> state(dataSource));
  }

  private static Optional<PoolState> state(HikariDataSource dataSource) {
    @Nullable HikariPoolMXBean pool = dataSource.getHikariPoolMXBean();
    return pool == null
        ? Optional.empty()
        : Optional.of(
            new PoolState(
                pool.getActiveConnections(),
                pool.getIdleConnections(),
                pool.getThreadsAwaitingConnection()));
  }

  private static HikariDataSource pool(HikariConfig pool) {
    try {
      return new HikariDataSource(pool);
    } catch (RuntimeException refused) {
      // Its message may hold the URL, and the URL a password.
      throw new InvalidConfigurationException(Key.JDBC_URL + " is refused by its driver");
    }
  }

  private static void driver(String url, HikariConfig pool) {
    String kind = url.toLowerCase(Locale.ROOT);
    if (kind.startsWith("jdbc:h2:")) {
      driver("org.h2.Driver", "com.h2database:h2", pool);
    } else if (kind.startsWith("jdbc:postgresql:")) {
      driver("org.postgresql.Driver", "org.postgresql:postgresql", pool);
      pool.addDataSourceProperty("connectTimeout", CONNECT_SECONDS);
      pool.addDataSourceProperty("socketTimeout", ConnectionSource.ANSWER_SECONDS);
      // No SET: behind a pooler such as pgbouncer it would reach the sessions of others.
    } else if (kind.startsWith("jdbc:mariadb:")) {
      driver("org.mariadb.jdbc.Driver", "org.mariadb.jdbc:mariadb-java-client", pool);
      pool.addDataSourceProperty("connectTimeout", CONNECT_SECONDS * 1000);
      pool.addDataSourceProperty("socketTimeout", ConnectionSource.ANSWER_SECONDS * 1000);
      pool.setConnectionInitSql("set innodb_lock_wait_timeout = " + LOCK_SECONDS);
    } else {
      // The URL may hold a password; only its kind is told.
      throw new InvalidConfigurationException(
          Key.JDBC_URL
              + " is not allowed; it takes jdbc:h2:…, jdbc:postgresql:… or jdbc:mariadb:…");
    }
  }

  private static void driver(String className, String artifact, HikariConfig pool) {
    try {
      pool.setDriverClassName(className);
    } catch (RuntimeException notThere) {
      throw new InvalidConfigurationException(
          Key.JDBC_URL
              + " needs the driver "
              + className
              + ", which is not on the class path: add "
              + artifact
              + " to the application, or name the server's DataSource in "
              + Key.DATASOURCE);
    }
  }

  // By the owner, whom nobody else acts as.
  static ConnectionSource embeddedMigrated(Settings settings) {
    RegisteredDrivers drivers = RegisteredDrivers.now();
    EmbeddedDatabase.load(true);
    HomeFolder home = HomeFolder.opened(settings);
    SecureRandom random = new SecureRandom();
    HikariConfig pool = pool(EmbeddedDatabase.ownersUrl(home, LOCK_MILLIS));
    EmbeddedDatabase.prepare(home, random, LOCK_MILLIS);
    pool.setUsername(EmbeddedDatabase.owner());
    pool.setPassword(EmbeddedDatabase.ownersPassword(home, random));
    pool.setMinimumIdle(0);
    try (HikariDataSource owner = pool(pool)) {
      Migrations.apply(owner, Optional.empty());
    } catch (RuntimeException | Error failed) {
      drivers.takeOutWhatCameSince();
      throw failed;
    }
    return embedded(settings, home, drivers);
  }

  private static ConnectionSource embedded(Settings settings) {
    RegisteredDrivers drivers = RegisteredDrivers.now();
    EmbeddedDatabase.load(false);
    return embedded(settings, HomeFolder.opened(settings), drivers);
  }

  private static ConnectionSource embedded(
      Settings settings, HomeFolder home, RegisteredDrivers drivers) {
    HikariConfig pool = pool(EmbeddedDatabase.url(home, LOCK_MILLIS));
    pool.setUsername(EmbeddedDatabase.USER);
    pool.setPassword(EmbeddedDatabase.password(home));
    pool.setMaximumPoolSize(settings.get(Key.JDBC_POOL_SIZE));
    ConnectionSource connections = owned(pool, drivers);
    // The first connection of all processes makes the files.
    try (Connection first = connections.dataSource().getConnection()) {
      LOG.log(Level.DEBUG, "opened {0}", first.getMetaData().getURL());
    } catch (SQLException notYet) {
      LOG.log(Level.DEBUG, "the embedded database does not answer yet", notYet);
    }
    home.tighten();
    return connections;
  }
}
