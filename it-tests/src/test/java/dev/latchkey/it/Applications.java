package dev.latchkey.it;

import dev.latchkey.it.server.ServerKind;
import dev.latchkey.it.server.ServerProcess;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Applications of other teams with the filter jar in them, on a second server of the tested kind,
 * on the database of the first. Their configuration is in their own {@code latchkey.properties}.
 */
final class Applications implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(2);

  private final Installation installation;
  private final ServerKind kind;
  private final ServerProcess server;
  private final HttpClient client;
  private final ApplicationWars wars;
  private final Map<String, Path> made;

  private Applications(
      Installation installation,
      ServerKind kind,
      ServerProcess server,
      ApplicationWars wars,
      Map<String, Path> made) {
    this.made = made;
    this.installation = installation;
    this.kind = kind;
    this.server = server;
    this.wars = wars;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Call.TIMEOUT)
            .build();
  }

  static Applications startedBeside(Installation installation) throws IOException {
    ServerKind kind = ServerKind.named(Installation.setting("tested.server"));
    ApplicationWars wars = new ApplicationWars(installation);
    Map<String, Path> made = kind.hasJaxRs() ? wars.forFullServers() : wars.forServletContainers();
    Installation beside = installation.withFilterAt(Site.freePort());
    Path folder = Files.createDirectories(installation.server().resolve("applications"));
    ServerProcess server =
        kind.start(
            new Site(
                Path.of(Installation.setting("tested.unpacked")),
                folder,
                Files.createDirectories(logs(installation)),
                Path.of(Installation.setting("tested.jdk")),
                beside.port(),
                Map.of(),
                made,
                "2g"));
    Applications started = new Applications(beside, kind, server, wars, made);
    try {
      for (String context : made.keySet()) {
        if (context.equals(ApplicationWars.UNORDERED)) {
          continue;
        }
        Call call = started.calls(context + "/caller/x");
        Eventually.within(START, context + " is deployed", () -> isDeployed(call));
      }
      return started;
    } catch (AssertionError notDeployed) {
      server.close();
      throw notDeployed;
    }
  }

  private static boolean isDeployed(Call call) {
    try {
      return !call.gets(404);
    } catch (AssertionError noAnswer) {
      // A server that still deploys others may leave a request waiting for too long.
      return false;
    }
  }

  Call calls(String path) {
    return Call.to(client, installation, path);
  }

  int port() {
    return installation.port();
  }

  ServerKind kind() {
    return kind;
  }

  /** Has the server take an application again, and returns when it answers. */
  void redeploy(String context, Call call) {
    String before = application(call);
    try {
      server.redeploy(context, Objects.requireNonNull(made.get(context)));
    } catch (IOException notTaken) {
      throw new UncheckedIOException(notTaken);
    }
    Eventually.within(
        START,
        context + " is deployed again",
        () -> {
          String now = application(call);
          return !now.isEmpty() && !now.equals(before);
        });
  }

  private static String application(Call call) {
    return call.answer()
        .body()
        .lines()
        .filter(line -> line.startsWith("application="))
        .findFirst()
        .orElse("");
  }

  /** How many of a class are loaded, each by a class loader of its own. */
  int loaded(String type) {
    diagnose("GC.run");
    diagnose("GC.run");
    return (int)
        diagnose("VM.class_hierarchy", type)
            .lines()
            .filter(line -> line.contains(type + "/"))
            .count();
  }

  /** How many objects of a class are reachable, whichever class loader has loaded it. */
  int reachable(String type) {
    // num: instances bytes class (module)
    return diagnose("GC.class_histogram")
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words.length > 3 && words[3].equals(type))
        .mapToInt(words -> Integer.parseInt(words[1]))
        .sum();
  }

  /** How many threads of ours run, by their name: those of the nodes and of their pools. */
  Map<String, Long> threads() {
    return diagnose("Thread.print")
        .lines()
        .filter(line -> line.startsWith("\"latchkey"))
        .map(line -> line.substring(1, line.indexOf('"', 1)))
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
  }

  /** Has the server answer on many of its threads: each remembers something of its last request. */
  void isBusyWith(Call call) {
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try {
      callers.invokeAll(Collections.nCopies(64, call::isAdmitted));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      callers.shutdownNow();
    }
  }

  private String diagnose(String... command) {
    try {
      return server.diagnose(Path.of(Installation.setting("tested.jdk")), command);
    } catch (IOException notTold) {
      throw new UncheckedIOException(notTold);
    }
  }

  ApplicationWars wars() {
    return wars;
  }

  /** All that the server has logged. */
  String log() {
    StringBuilder all = new StringBuilder();
    try (var files = Files.walk(logs(installation))) {
      for (Path log : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return all.toString();
  }

  // Beside the other log: it is searched for secrets by other tests.
  private static Path logs(Installation installation) {
    return installation.folder().resolve("log-applications");
  }

  @Override
  public void close() {
    server.close();
  }
}
