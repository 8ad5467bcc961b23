package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Five hundred callers who sign in with wrong passwords, each from another address, at a process
 * that checks tokens as well, with the embedded database and 512 MB of heap.
 */
// issue 14.2, 14.3
@Order(7)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("When somebody floods the sign-in")
class SignInFloodIT {

  private static final String SESSION = "/latchkey/api/v1/session";
  private static final int FLOODING = 500;
  private static final Duration LENGTH = Duration.ofSeconds(Cluster.QUICK ? 8 : 20);

  // Each of the 500 tries again after a pause, as the answer tells it to.
  private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long MEASURED_NANOS = Duration.ofMillis(20).toNanos();
  // A quick run shares its processors with whatever else runs.
  private static final double LEAST_BOUND_MILLIS = Cluster.QUICK ? 100 : 20;
  private static final Report REPORT =
      new Report(
          "sign-in-floods",
          "sign-ins",
          "a second",
          "p95 of checks, ms",
          "p95 of health, ms",
          "rightful sign-ins",
          "memory of the node, MiB");

  private final Path folder =
      Path.of(System.getProperty("tested.folder")).resolveSibling("sign-in-flood");
  private Node node;
  private String password;
  private String token;
  private Figures quietChecks = Figures.of(List.of());
  private Figures quietHealth = Figures.of(List.of());

  @BeforeAll
  void start() throws IOException {
    clear(folder);
    Path home = folder.resolve("home");
    node =
        new Node(
            folder,
            Map.of(
                "/latchkey",
                Cluster.Running.war("latchkey.war"),
                "",
                Cluster.Running.war("filter.war")),
            Map.of(
                "LATCHKEY_HOME", home.toString(), "LATCHKEY_FILTER_TRUSTED_PROXIES", "127.0.0.1"),
            Cluster.MAX_STALE,
            null,
            Site.freePort(),
            "512m");
    node.start();
    Path file = home.resolve("initial-admin-password");
    Eventually.within(Duration.ofSeconds(90), "the first password", () -> Files.exists(file));
    password = Files.readString(file);
    Api admin = Api.as(node.port(), "admin", password);
    Eventually.within(
        Duration.ofSeconds(90),
        "the admin WAR is ready",
        () -> Cluster.Running.status(admin) == 200);
    String party =
        admin
            .post("/third-parties", Map.of("name", "Express", "authorization", "manual"))
            .is(201)
            .json()
            .getString("id");
    token =
        admin
            .post("/third-parties/" + party + "/tokens", Map.of())
            .is(201)
            .json()
            .getString("token");
    Eventually.within(
        Duration.ofSeconds(90),
        "the filter WAR checks",
        () -> Cluster.Running.answer(node, token) == 204);
  }

  @AfterAll
  void stop() throws IOException {
    REPORT.write();
    node.close();
  }

  @Test
  @Order(1)
  @DisplayName("F3 quiet, to compare with")
  void quiet() {
    measuredFor(LENGTH);
    assertThat(signsIn("198.51.100.7")).isEqualTo(200);
    Measured measured = measuredFor(LENGTH);
    quietChecks = measured.checks();
    quietHealth = measured.health();
    row("none", 0, measured, "–");
  }

  @Test
  @Order(2)
  @DisplayName("F3 500 at once leave checks and health within twice of quiet, and let owners in")
  void wrongPasswords() {
    Flood flood = new Flood("name");
    Measured measured = new Measured(node.port(), token);
    int rightful = 0;
    int tries = 0;
    long start = System.nanoTime();
    for (; System.nanoTime() - start < LENGTH.toNanos(); tries++) {
      rightful += signsIn("198.51.100.7") == 200 ? 1 : 0;
      pass(Duration.ofSeconds(1));
    }
    measured.close();
    flood.close();
    row(
        "500 at once, wrong passwords",
        flood.perSecond(start),
        measured,
        rightful + " of " + tries + " let in");
    assertThat(flood.statuses().keySet()).isSubsetOf(401, 429, 503);
    assertThat(rightful).isEqualTo(tries);
    withinTwiceOfQuiet(measured);
  }

  @Test
  @Order(3)
  @DisplayName("F2 names of 60 KB are refused at once and not kept")
  void longNames() {
    Flood flood = new Flood("n".repeat(60_000));
    long start = System.nanoTime();
    Measured measured = measuredFor(LENGTH);
    flood.close();
    row("500 at once, names of 60 KB", flood.perSecond(start), measured, "–");
    assertThat(flood.statuses()).containsOnlyKeys(401);
    assertThat(measured.wrong).as("checks that were not answered as ever").isEmpty();
    assertThat(signsIn("198.51.100.7")).isEqualTo(200);
    assertThat(node.residentMebibytes()).isLessThan(1100);
  }

  private void withinTwiceOfQuiet(Measured measured) {
    assertThat(measured.wrong).as("checks that were not answered as ever").isEmpty();
    // Below this much it is the machine's other work that is measured.
    assertThat(measured.checks().percentile(95))
        .isLessThanOrEqualTo(Math.max(LEAST_BOUND_MILLIS, 2 * quietChecks.percentile(95)));
    assertThat(measured.health().percentile(95))
        .isLessThanOrEqualTo(Math.max(LEAST_BOUND_MILLIS, 2 * quietHealth.percentile(95)));
  }

  private void row(String what, double perSecond, Measured measured, String rightful) {
    REPORT.row(
        what,
        String.format(Locale.ROOT, "%,.0f", perSecond),
        String.format(Locale.ROOT, "%.1f", measured.checks().percentile(95)),
        String.format(Locale.ROOT, "%.1f", measured.health().percentile(95)),
        rightful,
        String.valueOf(node.residentMebibytes()));
  }

  private int signsIn(String address) {
    try (Line line = new Line(node.port())) {
      return line.post(SESSION, from(address), credentials("admin", password));
    } catch (IOException none) {
      return 0;
    }
  }

  private static String from(String address) {
    return "X-Forwarded-For: " + address + "\r\n";
  }

  private static String credentials(String name, String password) {
    return "{\"name\": \"" + name + "\", \"password\": \"" + password + "\"}";
  }

  private Measured measuredFor(Duration time) {
    try (Measured measured = new Measured(node.port(), token)) {
      pass(time);
      return measured;
    }
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void clear(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var all = Files.walk(folder)) {
        all.sorted(java.util.Comparator.reverseOrder())
            .map(Path::toFile)
            .forEach(java.io.File::delete);
      }
    }
    Files.createDirectories(folder);
  }

  /** Checks and probes at a steady rate, until it is closed. */
  private static final class Measured implements AutoCloseable {

    private final Queue<Double> checks = new ConcurrentLinkedQueue<>();
    private final Queue<Double> probes = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> wrong = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Measured(int port, String token) {
      begin(port, "/verify", token, 204, checks);
      begin(port, "/latchkey/health/ready", token, 200, probes);
    }

    private void begin(int port, String path, String token, int right, Queue<Double> millis) {
      Thread thread = new Thread(() -> run(port, path, token, right, millis), "measure");
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }

    private void run(int port, String path, String token, int right, Queue<Double> millis) {
      try (Line line = new Line(port)) {
        for (long next = System.nanoTime(); !over; next += MEASURED_NANOS) {
          LockSupport.parkNanos(next - System.nanoTime());
          long start = System.nanoTime();
          int status;
          try {
            status = line.get(path, token);
          } catch (IOException none) {
            status = 0;
          }
          millis.add((System.nanoTime() - start) / 1e6);
          if (status != right) {
            wrong.add(status);
          }
        }
      }
    }

    Figures checks() {
      return Figures.of(List.copyOf(checks));
    }

    Figures health() {
      return Figures.of(List.copyOf(probes));
    }

    @Override
    public void close() {
      over = true;
      threads.forEach(SignInFloodIT::ended);
    }
  }

  private static void ended(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(40).toMillis());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Five hundred who try to sign in, each from its own address, until it is closed. */
  private final class Flood implements AutoCloseable {

    private final AtomicIntegerArray answers = new AtomicIntegerArray(600);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Flood(String name) {
      for (int i = 0; i < FLOODING; i++) {
        int number = i;
        Thread thread = new Thread(() -> run(number, name), "flood-" + i);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
      }
    }

    private void run(int number, String name) {
      String address = from("203.0." + number / 250 + "." + (1 + number % 250));
      try (Line line = new Line(node.port())) {
        while (!over) {
          try {
            answers.incrementAndGet(
                line.post(SESSION, address, credentials(number + name, "a wrong password")));
          } catch (IOException none) {
            answers.incrementAndGet(0);
          }
          LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2 * PAUSE_NANOS));
        }
      }
    }

    /** How often each status was answered; 0 for no answer. */
    Map<Integer, Integer> statuses() {
      return IntStream.range(0, answers.length())
          .filter(status -> answers.get(status) > 0)
          .boxed()
          .collect(java.util.stream.Collectors.toMap(status -> status, answers::get));
    }

    double perSecond(long start) {
      return IntStream.range(0, answers.length()).map(answers::get).sum()
          / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() {
      over = true;
      threads.forEach(SignInFloodIT::ended);
    }
  }
}
