package dev.latchkey.it;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the tested server is and what it was told. Immutable.
 *
 * @param folder holds the WARs, their data and the server's log
 * @param port of the filter WAR, on 127.0.0.1
 * @param adminPort of the admin WAR, which a plain servlet container does not take
 */
record Installation(Path folder, int port, int adminPort) {

  /** {@code latchkey.feed.poll-interval} of {@code jvm.options}. */
  static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  /** The account of the embedded database that applications use. */
  static final String DATABASE_USER = "LATCHKEY_APP";

  /** There before the start, since a server's DataSource wants to know it. */
  static final String DATABASE_PASSWORD = "a-password-of-the-tests-alone";

  static Installation ofThisBuild() {
    int port = Integer.parseInt(setting("tested.port"));
    return new Installation(Path.of(setting("tested.folder")), port, port);
  }

  /** With the filter WAR at another server than the admin WAR. */
  Installation withFilterAt(int filterPort) {
    return new Installation(folder, filterPort, adminPort);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + portOf(path) + path);
  }

  /** The port where a path is served. */
  int portOf(String path) {
    return path.startsWith("/latchkey/") ? adminPort : port;
  }

  Path war(String name) {
    return folder.resolve(name + ".war");
  }

  /** Removes what an earlier run has left. */
  void isCleared() throws IOException {
    for (Path leftover : List.of(home(), logs(), server(), folder.resolve("log-applications"))) {
      if (Files.exists(leftover)) {
        try (Stream<Path> all = Files.walk(leftover)) {
          for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(each);
          }
        }
      }
    }
    Files.createDirectories(home());
    Files.writeString(home().resolve("database-password"), DATABASE_PASSWORD);
    Files.createDirectories(logs());
    Files.createDirectories(server());
  }

  /** What a server that is no Payara Micro writes. */
  Path server() {
    return folder.resolve("server");
  }

  /** The URL of the embedded database, for {@link #DATABASE_USER}. */
  String databaseUrl() {
    return "jdbc:h2:file:"
        + home().resolve("latchkey")
        + ";AUTO_SERVER=TRUE;IFEXISTS=TRUE;LOCK_TIMEOUT=10000";
  }

  /** {@code latchkey.home}. */
  Path home() {
    return folder.resolve("home");
  }

  Path logs() {
    return folder.resolve("log");
  }

  static String setting(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          name + " is not set; run these tests by: mvn verify -pl it-tests -am");
    }
    return value;
  }
}
