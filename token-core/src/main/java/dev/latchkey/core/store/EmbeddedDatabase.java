package dev.latchkey.core.store;

import dev.latchkey.core.config.Key;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The embedded H2 database in {@code latchkey.home}, shared by all WARs and processes of the
 * machine. It has two accounts, each with a random password in a file of the folder: the owner,
 * which only the admin WAR uses to create and update tables, and the application, which may read
 * and write rows and do nothing else. So a process that is made to run SQL of somebody else's can
 * neither load classes nor read files (CREATE ALIAS, triggers, linked tables, SCRIPT, CSVREAD).
 */
final class EmbeddedDatabase {

  /** What the names of the database's files begin with. */
  static final String NAME = "latchkey";

  /** The application's account. */
  static final String USER = "LATCHKEY_APP";

  static final String PASSWORD_FILE = "database-password";

  private static final String DRIVER = "org.h2.Driver";
  private static final String OWNER = "LATCHKEY_OWNER";
  private static final String OWNER_PASSWORD_FILE = "database-owner-password";
  private static final int PASSWORD_BYTES = 32;

  // What serves the database to other processes.
  private static final String OWN_SERVER = "org.h2.server.TcpServer";
  private static final int WRONG_USER_OR_PASSWORD = 28000;
  private static final Logger LOG = System.getLogger(EmbeddedDatabase.class.getName());

  private EmbeddedDatabase() {}

  /**
   * Loads H2 with settings that close what it is not needed for: its port listens on this machine
   * only, and on the side of the admin WAR not even the owner can name a class to run. H2 reads
   * these settings once, so the system properties are set while it is loaded and not longer. An H2
   * that is the server's own, or that was loaded before, is left as it is.
   */
  static void load(boolean ofOurOwn) {
    ClassLoader mine = EmbeddedDatabase.class.getClassLoader();
    try {
      if (Class.forName(DRIVER, false, mine).getClassLoader() != mine) {
        return;
      }
      Map<String, String> settings =
          ofOurOwn
              ? Map.of("h2.bindAddress", "127.0.0.1", "h2.allowedClasses", OWN_SERVER)
              : Map.of("h2.bindAddress", "127.0.0.1");
      withProperties(settings, () -> Class.forName("org.h2.util.JdbcUtils", true, mine));
    } catch (ClassNotFoundException noDriver) {
      // The pool says which driver is missing.
      LOG.log(Level.DEBUG, "there is no H2", noDriver);
    } catch (LinkageError otherH2) {
      LOG.log(Level.DEBUG, "this H2 has its settings elsewhere", otherH2);
    }
  }

  private interface Loading {
    void load() throws ClassNotFoundException;
  }

  private static void withProperties(Map<String, String> settings, Loading loading)
      throws ClassNotFoundException {
    List<String> added =
        settings.keySet().stream().filter(name -> System.getProperty(name) == null).toList();
    try {
      added.forEach(name -> System.setProperty(name, String.valueOf(settings.get(name))));
      loading.load();
    } finally {
      added.forEach(System::clearProperty);
    }
  }

  /**
   * The URL for the application's account; the database must be there. What is committed is on the
   * disk before the commit returns.
   */
  // H2 takes WRITE_DELAY from whoever opens the files, and forgets what the owner has set. It then
  // also tries it as a command, for which this account has no right: that refusal is ignored, and
  // is not to be written to H2's trace file for each connection.
  static String url(HomeFolder home, int lockMillis) {
    return base(home)
        + ";IFEXISTS=TRUE;WRITE_DELAY=0;IGNORE_UNKNOWN_SETTINGS=TRUE"
        + ";LOCK_TIMEOUT="
        + lockMillis;
  }

  /**
   * The password of the application's account.
   *
   * @throws StoreUnavailableException when no admin WAR has created the database yet
   */
  static String password(HomeFolder home) {
    return home.secret(PASSWORD_FILE)
        .orElseThrow(
            () ->
                new StoreUnavailableException(
                    "there is no embedded database in "
                        + home
                        + " yet: start the admin WAR (token-admin-rest) with the same "
                        + Key.HOME
                        + ", it creates one"));
  }

  private static String base(HomeFolder home) {
    return "jdbc:h2:file:" + home.path().resolve(NAME) + ";AUTO_SERVER=TRUE;TRACE_LEVEL_FILE=0";
  }

  /** The URL for the owner: what is committed is on the disk before the commit returns. */
  static String ownersUrl(HomeFolder home, int lockMillis) {
    return base(home) + ";WRITE_DELAY=0;LOCK_TIMEOUT=" + lockMillis;
  }

  static String owner() {
    return OWNER;
  }

  static String ownersPassword(HomeFolder home, SecureRandom random) {
    return home.secret(OWNER_PASSWORD_FILE, () -> newPassword(random));
  }

  /**
   * Creates the database and its accounts where they are missing. A database of an earlier version,
   * which had no password, is taken over. Several processes may do so at once.
   *
   * @throws StoreUnavailableException when the database does not take the owner's password
   */
  static void prepare(HomeFolder home, SecureRandom random, int lockMillis) {
    String ownersPassword = ownersPassword(home, random);
    String password = home.secret(PASSWORD_FILE, () -> newPassword(random));
    String url = ownersUrl(home, lockMillis);
    try (Connection owner = owned(url, ownersPassword)) {
      execute(
          owner,
          List.of(
              "drop user if exists \"\"",
              "create user if not exists " + USER + " password '" + password + "'",
              "alter user " + USER + " set password '" + password + "'",
              "grant select, insert, update, delete on schema public to " + USER));
    } catch (SQLException refused) {
      if (refused.getErrorCode() == WRONG_USER_OR_PASSWORD) {
        throw new StoreUnavailableException(
            home.path().resolve(OWNER_PASSWORD_FILE)
                + " does not have the password of the embedded database: restore the file that"
                + " belongs to it",
            refused);
      }
      throw new StoreUnavailableException(
          "the embedded database can't be opened", String.valueOf(refused.getMessage()), refused);
    }
    home.tighten();
  }

  // Whoever opens a database that is not there creates it, and is its owner.
  private static Connection owned(String url, String password) throws SQLException {
    try {
      return connection(url, OWNER, password);
    } catch (SQLException refused) {
      if (refused.getErrorCode() != WRONG_USER_OR_PASSWORD) {
        throw refused;
      }
      try (Connection withoutPassword = connection(url, "", "")) {
        execute(
            withoutPassword,
            List.of("create user if not exists " + OWNER + " password '" + password + "' admin"));
        LOG.log(Level.INFO, "the embedded database had no password, and has one now");
      } catch (SQLException notEither) {
        refused.addSuppressed(notEither);
        throw refused;
      }
      return connection(url, OWNER, password);
    }
  }

  private static Connection connection(String url, String user, String password)
      throws SQLException {
    Properties credentials = new Properties();
    credentials.setProperty("user", user);
    credentials.setProperty("password", password);
    // Not by DriverManager, where an attempt before this one has taken the driver out again.
    Connection connection = driver().connect(url, credentials);
    if (connection == null) {
      throw new SQLException("not a URL of H2");
    }
    return connection;
  }

  private static Driver driver() throws SQLException {
    try {
      return Class.forName(DRIVER, true, EmbeddedDatabase.class.getClassLoader())
          .asSubclass(Driver.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException noDriver) {
      throw new SQLException("H2 is not on the class path", noDriver);
    }
  }

  private static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String newPassword(SecureRandom random) {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
