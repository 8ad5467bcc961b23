package dev.latchkey.nodes;

import dev.latchkey.it.server.Site;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A PostgreSQL server that can be killed, stopped and started again on its data. */
final class Postgres implements Backend {

  static final int MOST_CONNECTIONS = 80;
  private static final String SUPERUSER = "postgres";

  private final Path data;
  private final Path log;
  private final int port;
  private final Map<String, String> settings;
  private EmbeddedPostgres running;

  private Postgres(Path data, Path log, int port, Map<String, String> settings) throws IOException {
    this.data = data;
    this.log = log;
    this.port = port;
    this.settings = settings;
    this.running = started();
  }

  /**
   * Starts a server.
   *
   * @param data its empty data folder
   */
  static Postgres start(Path data, int port) throws IOException {
    return start(data, port, Map.of());
  }

  /**
   * Starts a server.
   *
   * @param data its empty data folder
   * @param settings other than usual
   */
  static Postgres start(Path data, int port, Map<String, String> settings) throws IOException {
    Files.createDirectories(data);
    return new Postgres(data, data.resolveSibling(data.getFileName() + ".log"), port, settings);
  }

  /**
   * Starts a standby from a copy of this server's data; this one is stopped for it and started
   * again.
   *
   * @param throughPort where it gets what is written here
   */
  Postgres standby(Path itsData, int throughPort) throws IOException {
    running.close();
    copy(data, itsData);
    running = started();
    Files.writeString(itsData.resolve("standby.signal"), "");
    Files.writeString(
        itsData.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port="
            + throughPort
            + " user="
            + SUPERUSER
            + " sslmode=disable gssencmode=disable'\n");
    return start(itsData, Site.freePort(), settings);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        String name = each.getFileName().toString();
        if (!name.equals("postmaster.pid") && !name.equals("epg-lock")) {
          Files.copy(
              each,
              to.resolve(from.relativize(each).toString()),
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /** Makes a standby the one that is written to. */
  void isPromoted() {
    column("select pg_promote(true, 60)");
  }

  private EmbeddedPostgres started() throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
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
            .setOutputRedirector(Redirect.appendTo(log.toFile()));
    settings.forEach(builder::setServerConfig);
    return builder.start();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String url(int throughPort) {
    return "jdbc:postgresql://127.0.0.1:"
        + throughPort
        + "/postgres?sslmode=disable&gssEncMode=disable";
  }

  @Override
  public String user() {
    return SUPERUSER;
  }

  @Override
  public Wire wire() {
    return Wire.to(port);
  }

  @Override
  public Connection connect() throws SQLException {
    return connect(SUPERUSER);
  }

  /** A connection of somebody. */
  Connection connect(String role) throws SQLException {
    return DriverManager.getConnection(url(port), role, "");
  }

  @Override
  public void isKilled() throws IOException {
    List<ProcessHandle> all = all();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
    // Its number may soon be somebody else's.
    Files.deleteIfExists(data.resolve("postmaster.pid"));
  }

  @Override
  public void isStartedAgain() throws IOException {
    running.close();
    running = started();
  }

  void isStopped() throws IOException {
    Signals.send("STOP", all());
    // Again, for what the first of them has started before it got the signal.
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
