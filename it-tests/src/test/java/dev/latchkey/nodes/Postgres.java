package dev.latchkey.nodes;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server that can be killed, stopped and started again on its data. */
final class Postgres implements AutoCloseable {

  static final int MOST_CONNECTIONS = 80;

  private final Path data;
  private final Path log;
  private final int port;
  private EmbeddedPostgres running;

  private Postgres(Path data, Path log, int port) throws IOException {
    this.data = data;
    this.log = log;
    this.port = port;
    this.running = started();
  }

  /**
   * Starts a server.
   *
   * @param data its empty data folder
   */
  static Postgres start(Path data, int port) throws IOException {
    Files.createDirectories(data);
    return new Postgres(data, data.resolveSibling(data.getFileName() + ".log"), port);
  }

  private EmbeddedPostgres started() throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(Duration.ofSeconds(60))
        // Off by default here: then a kill takes what was just acknowledged.
        .setServerConfig("synchronous_commit", "on")
        // tells when a change was committed
        .setServerConfig("track_commit_timestamp", "on")
        .setServerConfig("max_connections", String.valueOf(MOST_CONNECTIONS))
        .setServerConfig("shared_buffers", "32MB")
        .setErrorRedirector(Redirect.appendTo(log.toFile()))
        .setOutputRedirector(Redirect.appendTo(log.toFile()))
        .start();
  }

  int port() {
    return port;
  }

  String url(int throughPort) {
    return "jdbc:postgresql://127.0.0.1:"
        + throughPort
        + "/postgres?sslmode=disable&gssEncMode=disable";
  }

  /** A connection of the superuser, for whom some are always left. */
  Connection connect() throws SQLException {
    return connect("postgres");
  }

  /** A connection of somebody. */
  Connection connect(String role) throws SQLException {
    return DriverManager.getConnection(url(port), role, "");
  }

  void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException failed) {
      throw new AssertionError(String.join("; ", statements), failed);
    }
  }

  /** The first column of what a query answers, as text. */
  List<String> column(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException failed) {
      throw new AssertionError(query, failed);
    }
  }

  /** {@code kill -9} of all of its processes. */
  void isKilled() throws IOException {
    List<ProcessHandle> all = all();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  void isStartedAgain() throws IOException {
    running.close();
    running = started();
  }

  void isStopped() throws IOException {
    Signals.send("STOP", all());
  }

  void isContinued() throws IOException {
    Signals.send("CONT", all());
  }

  private List<ProcessHandle> all() throws IOException {
    // What was started was only the command that starts it.
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return List.of();
    }
    long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
    return ProcessHandle.of(pid).stream()
        .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
        .toList();
  }

  @Override
  public void close() throws IOException {
    isContinued();
    isKilled();
    running.close();
  }
}
