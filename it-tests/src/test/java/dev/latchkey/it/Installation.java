package dev.latchkey.it;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the tested server is and what it was told. Immutable.
 *
 * @param folder holds the server, the WARs, its data and its log
 * @param port on 127.0.0.1
 */
record Installation(Path folder, int port) {

  /** {@code latchkey.feed.poll-interval} of {@code jvm.options}. */
  static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  static Installation ofThisBuild() {
    return new Installation(
        Path.of(setting("tested.folder")), Integer.parseInt(setting("tested.port")));
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** {@code latchkey.home}. */
  Path home() {
    return folder.resolve("home");
  }

  Path logs() {
    return folder.resolve("log");
  }

  private static String setting(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          name + " is not set; run these tests by: mvn verify -pl it-tests -am");
    }
    return value;
  }
}
