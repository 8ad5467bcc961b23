package dev.latchkey.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

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

  static final String LOOPBACK = "127.0.0.1";
  private static final byte[] LOOPBACK_BYTES = {127, 0, 0, 1};

  private final Console console;
  private final Path artifacts;
  private final Path home;
  private final int port;

  private Run(Console console, Path artifacts, Path home, int port) {
    this.console = console;
    this.artifacts = artifacts;
    this.home = home;
    this.port = port;
  }

  /** Runs until it is stopped. */
  public static void main(String[] args) throws Exception {
    Console console = new Console(System.out);
    Path artifacts = Path.of(args[0]);
    takeOver(artifacts.resolve("run.properties"));
    try {
      Path home = Path.of(args[1]).resolve(setting("latchkey.home").orElse("latchkey-data"));
      new Run(console, artifacts, home.normalize(), port()).start();
    } catch (CannotRunException cannot) {
      console.cannotRun(cannot.reason());
    }
  }

  // The file may hold a password, so it does not stay.
  private static void takeOver(Path settings) throws IOException {
    Properties given = new Properties();
    try (InputStream in = Files.newInputStream(settings)) {
      given.load(in);
    }
    Files.delete(settings);
    given.stringPropertyNames().forEach(key -> System.setProperty(key, given.getProperty(key)));
  }

  /** What the user has set, in the order of {@code dev.latchkey.core.config.Settings}. */
  private static Optional<String> setting(String key) {
    String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    return Optional.ofNullable(System.getProperty(key))
        .or(() -> Optional.ofNullable(System.getenv(variable)));
  }

  // Not from the environment: Kubernetes calls something else LATCHKEY_PORT.
  private static int port() throws CannotRunException {
    String text = System.getProperty("latchkey.port", "8080");
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new CannotRunException(
        "latchkey.port = \"" + text + "\" is not allowed; it takes a whole number from 1 to 65535");
  }

  private void start() throws Exception {
    requireFreePort();
    Path runtime = home.resolve("payara-" + port);
    Path log;
    try {
      createHome();
      delete(runtime);
      // The log of another one that runs on the same data stays where it is.
      String name = isFirst() ? "server.log" : "server-" + port + ".log";
      log = home.resolve(name);
      if (Files.exists(log)) {
        Files.move(log, home.resolve(name + ".1"), StandardCopyOption.REPLACE_EXISTING);
      }
      redirectTo(log);
    } catch (IOException notWritable) {
      throw new CannotRunException(
          "latchkey.home = \"" + home + "\" is not a folder that can be written to");
    }
    // When Maven is killed, nobody else would stop us.
    ProcessHandle.current()
        .parent()
        .ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(0)));
    console.watch(log);
    configure();
    Thread welcome = new Thread(new Welcome(console, home, log, port), "welcome");
    welcome.setDaemon(true);
    welcome.start();
    boot(runtime, log);
  }

  // The lock ends with this process, however that ends.
  @SuppressWarnings("MustBeClosedChecker")
  private boolean isFirst() throws IOException {
    FileChannel channel =
        FileChannel.open(
            home.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean first = channel.tryLock() != null;
    // Held by the hook, so that it is not closed before the end.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(channel), "run-lock"));
    return first;
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ended) {
      // The process ends, and the lock with it.
    }
  }

  private void requireFreePort() throws CannotRunException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_BYTES), port));
    } catch (IOException taken) {
      throw new CannotRunException(
          "port "
              + port
              + " can't be had ("
              + taken.getMessage()
              + "); choose another one with -Dlatchkey.port="
              + (port == 8081 ? 8082 : 8081));
    }
  }

  private void createHome() throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(home, ownerOnly);
  }

  // What a killed server has left there must not come up again.
  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> content = Files.walk(folder)) {
        for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void redirectTo(Path log) throws IOException {
    PrintStream file = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
    if (log.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-------"));
    }
    System.setOut(file);
    System.setErr(file);
  }

  private void configure() {
    unlessSet("latchkey.sample", "true");
    unlessSet(
        "latchkey.filter.rules", "POST /sample/* sample:write; GET /sample/reports/* reports:read");
    unlessSet("latchkey.handover.try-url", "http://" + LOOPBACK + ":" + port + "/sample/whoami");
    unlessSet("latchkey.issuer", "http://" + LOOPBACK + ":" + port + "/latchkey");
    System.setProperty("latchkey.home", home.toString());
  }

  private static void unlessSet(String key, String value) {
    System.setProperty(key, setting(key).orElse(value));
  }

  private void boot(Path runtime, Path log) throws Exception {
    String[] arguments = {
      "--port",
      Integer.toString(port),
      "--rootdir",
      runtime.toString(),
      "--nohazelcast",
      "--disablephonehome",
      "--logproperties",
      resource("logging.properties"),
      "--prebootcommandfile",
      resource("preboot.txt"),
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
      throw new CannotRunException("the server did not start; " + log + " says why");
    }
  }

  private static String resource(String name) throws URISyntaxException {
    URL found = Objects.requireNonNull(Run.class.getResource(name), name);
    return Path.of(found.toURI()).toString();
  }
}
