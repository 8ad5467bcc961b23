package dev.latchkey.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Runs Latchkey on Payara Micro in this process, for {@code mvn -Prun}: the admin WAR at {@code
 * /latchkey}, the filter WAR with the sample endpoint at {@code /}, on this machine's loopback
 * address only. Tells a newcomer four lines; all else goes to {@code server.log} in the data
 * folder.
 *
 * <p>Arguments: the folder with {@code payara-micro.jar}, {@code latchkey.war}, {@code filter.war}
 * and {@code run.properties}, which holds what was given to Maven as {@code -Dlatchkey.*}; the
 * folder that relative paths mean.
 */
public final class Run {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
  private static final String LOOPBACK = "127.0.0.1";

  private final PrintStream console;
  private final Path artifacts;
  private final Path home;
  private final String shownHome;
  private final int port;

  private Run(PrintStream console, Path artifacts, Path base) {
    this.console = console;
    this.artifacts = artifacts;
    this.shownHome = System.getProperty("latchkey.home", "latchkey-data");
    this.home = base.resolve(shownHome).normalize();
    this.port = port(System.getProperty("latchkey.port", "8080"));
  }

  /** Runs until it is stopped. */
  public static void main(String[] args) throws Exception {
    PrintStream console = System.out;
    Path artifacts = Path.of(args[0]);
    takeOver(artifacts.resolve("run.properties"));
    try {
      new Run(console, artifacts, Path.of(args[1])).start();
    } catch (CannotRunException cannot) {
      console.println("Latchkey can't run: " + cannot.getMessage());
      console.flush();
      Runtime.getRuntime().halt(1);
    }
  }

  /** Why it can't run, in a line for a newcomer. */
  private static final class CannotRunException extends Exception {

    private static final long serialVersionUID = 1L;

    CannotRunException(String message) {
      super(message);
    }
  }

  private static void takeOver(Path settings) throws IOException {
    Properties given = new Properties();
    try (InputStream in = Files.newInputStream(settings)) {
      given.load(in);
    }
    given.stringPropertyNames().forEach(key -> System.setProperty(key, given.getProperty(key)));
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  private void start() throws Exception {
    if (port < 1 || port > 65_535) {
      throw new CannotRunException(
          "latchkey.port = \""
              + System.getProperty("latchkey.port")
              + "\" is not allowed; it takes a whole number from 1 to 65535");
    }
    requireFreePort();
    createHome();
    Path log = home.resolve("server.log");
    // When Maven is killed, nobody else would stop us.
    ProcessHandle.current()
        .parent()
        .ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(0)));
    configure();
    PrintStream file = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
    System.setOut(file);
    System.setErr(file);
    Thread teller = new Thread(() -> tellWhenReady(log), "tell-when-ready");
    teller.setDaemon(true);
    teller.start();
    boot(log);
  }

  private void requireFreePort() throws CannotRunException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException taken) {
      throw new CannotRunException(
          "port " + port + " is taken; choose another one with -Dlatchkey.port=8081");
    }
  }

  private void createHome() throws CannotRunException {
    try {
      Files.createDirectories(home);
    } catch (IOException notWritable) {
      throw new CannotRunException(
          "latchkey.home = \"" + home + "\" is not a folder that can be written to");
    }
  }

  private void configure() {
    Map<String, String> settings =
        new TreeMap<>(
            Map.of(
                "latchkey.sample",
                "true",
                "latchkey.filter.rules",
                "POST /sample/* sample:write; GET /sample/reports/* reports:read"));
    settings.forEach(
        (key, value) -> {
          if (System.getProperty(key) == null) {
            System.setProperty(key, value);
          }
        });
    System.setProperty("latchkey.home", home.toString());
  }

  private void boot(Path log) throws Exception {
    Path preboot = home.resolve("payara-preboot.txt");
    Files.writeString(
        preboot,
        "set configs.config.server-config.network-config.network-listeners.network-listener"
            + ".http-listener.address="
            + LOOPBACK
            + "\n");
    String[] arguments = {
      "--port",
      Integer.toString(port),
      "--nohazelcast",
      "--disablephonehome",
      "--prebootcommandfile",
      preboot.toString(),
      "--deploy",
      artifacts.resolve("latchkey.war") + ":/latchkey",
      "--deploy",
      artifacts.resolve("filter.war") + ":/"
    };
    try {
      Class.forName("fish.payara.micro.PayaraMicro")
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    } catch (ReflectiveOperationException failed) {
      failed.printStackTrace();
      stop("the server did not start, " + log + " says why");
    }
  }

  private void tellWhenReady(Path log) {
    HttpClient client = HttpClient.newHttpClient();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      if (status(client, "/latchkey/health/ready") == 200
          && status(client, "/sample/whoami") == 401) {
        tell();
        return;
      }
      Optional<String> failure = failure(log);
      if (failure.isPresent()) {
        stop(failure.get() + " (all of it is in " + log + ")");
        return;
      }
      try {
        Thread.sleep(BETWEEN_TRIES.toMillis());
      } catch (InterruptedException stopped) {
        return;
      }
    }
    stop(
        "it did not become ready within "
            + PATIENCE.toMinutes()
            + " minutes, "
            + log
            + " says why");
  }

  // Payara Micro goes on without an application that it could not deploy.
  private static Optional<String> failure(Path log) {
    String mark = "InvalidConfigurationException: ";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> line.contains(mark) || line.contains("everything is answered 503: "))
          .findFirst()
          .map(line -> line.substring(line.contains(mark) ? line.indexOf(mark) + mark.length() : 0))
          .map(String::strip);
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }

  private int status(HttpClient client, String path) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + port + path))
                  .timeout(Duration.ofSeconds(15))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException notYet) {
      return 0;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private void tell() {
    String api = "http://" + LOOPBACK + ":" + port + "/latchkey/api/v1";
    boolean inFile = Files.exists(home.resolve("initial-admin-password"));
    String file = shownHome + "/initial-admin-password";
    String password = inFile ? "$(cat " + file + ")" : "PASSWORD";
    console.println("Latchkey runs: the admin API is at " + api);
    console.println(
        inFile
            ? "The first password of the user admin is in " + file
            : "The password of the user admin is the one that you have set");
    console.println("Try:  curl -u \"admin:" + password + "\" " + api + "/third-parties");
    console.println("Stop with Ctrl-C; the data stay in " + shownHome);
    console.flush();
  }

  private void stop(String reason) {
    console.println("Latchkey can't run: " + reason);
    console.flush();
    Runtime.getRuntime().halt(1);
  }
}
