package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Cluster.Member;
import dev.latchkey.nodes.Load.Expected;
import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** An admin node and two nodes on MariaDB, which notifies nobody. */
@Order(9)
@DisplayName("On MariaDB")
class MariaDbIT {

  private static final int CHANGES = 100;
  private static final int AT_ONCE = 4;
  private static final int REQUESTS_PER_SECOND = 100;
  private static final Duration OUTAGE = Duration.ofSeconds(10);
  // For a machine that others use as well.
  private static final double PATIENCE_MILLIS = 10_000;
  private static final Report LATENCY = new Report("mariadb", "refusals", "p50, ms", "p99", "max");
  private static final Report KILLED =
      new Report(
          "mariadb-killed",
          "what fails",
          "requests",
          "503",
          "wrongly let in",
          "500",
          "p99 of good tokens, ms",
          "all is well after");

  private final Cluster.Running cluster =
      new Cluster.Running(
          "nodes-mariadb",
          List.of(
              new Member("node-1", Cluster.MAX_STALE, Map.of()),
              new Member("node-2", Cluster.MAX_STALE, Map.of())));
  private final EndState endState = new EndState(cluster);

  @AfterEach
  void end() {
    cluster.close();
  }

  @AfterAll
  static void write() {
    LATENCY.write();
    KILLED.write();
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName(
      "E2 every node refuses within the poll interval; E3 killed and started again, nobody gets in"
          + " who must not")
  void pollsAndIsKilled() throws Exception {
    cluster.start(folder -> MariaDb.start(folder.resolve("mariadb")));
    Figures refusals = measured(cluster.issues(Kind.GOOD, CHANGES));
    LATENCY.row(refusals.cells());
    assertThat(refusals.count()).isEqualTo(CHANGES * cluster.nodes().size());
    assertThat(refusals.percentile(99)).isLessThan(PATIENCE_MILLIS);
    killed();
  }

  private Figures measured(List<Watched> tokens) throws Exception {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i += AT_ONCE) {
      millis.addAll(refusals(tokens.subList(i, Math.min(i + AT_ONCE, tokens.size()))));
    }
    return Figures.of(millis);
  }

  private List<Double> refusals(List<Watched> tokens) throws Exception {
    for (Watched token : tokens) {
      for (Node node : cluster.nodes()) {
        Eventually.within(
            Duration.ofSeconds(20),
            token + " is in memory of " + node,
            () -> Cluster.Running.answer(node, token.text()) == 204);
      }
    }
    ExecutorService sentries = Executors.newFixedThreadPool(tokens.size() * cluster.nodes().size());
    try {
      List<List<Future<Long>>> refused = new ArrayList<>();
      for (Watched token : tokens) {
        List<Future<Long>> ofToken = new ArrayList<>();
        for (Node node : cluster.nodes()) {
          ofToken.add(sentries.submit(() -> firstRefusal(node, token)));
        }
        refused.add(ofToken);
      }
      List<Long> acknowledged = new ArrayList<>();
      for (Watched token : tokens) {
        assertThat(cluster.revokes(token)).isTrue();
        acknowledged.add(System.nanoTime());
      }
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < tokens.size(); i++) {
        for (Future<Long> each : refused.get(i)) {
          // Committed is a moment before acknowledged.
          millis.add(Math.max(0, each.get(60, TimeUnit.SECONDS) - acknowledged.get(i)) / 1e6);
        }
      }
      return millis;
    } finally {
      sentries.shutdownNow();
    }
  }

  private static long firstRefusal(Node node, Watched token) throws IOException {
    try (Line line = new Line(node.port())) {
      while (line.verify(token.text()) != 401 && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(5_000_000);
      }
      return System.nanoTime();
    }
  }

  private void killed() throws Exception {
    List<Watched> mix = cluster.mixed((int) OUTAGE.toSeconds() + 25);
    List<Watched> deactivated = cluster.issues(Kind.GOOD, 8);
    mix.addAll(deactivated);
    try (Load load =
        Load.start(
            cluster.nodes(), mix, REQUESTS_PER_SECOND, Cluster.POLL_INTERVAL.plusSeconds(2))) {
      assertThat(cluster.revokes(deactivated.get(0))).isTrue();
      load.goesOn(Duration.ofSeconds(2));
      load.takeGood();
      load.revocationsTake(Cluster.MAX_STALE);
      load.expects(Expected.FROM_MEMORY);
      cluster.database().isKilled();
      Thread admin =
          new Thread(() -> deactivated.stream().skip(1).limit(3).forEach(cluster::revokes));
      admin.start();
      load.goesOn(OUTAGE);
      Figures good = load.takeGood();
      cluster.database().isStartedAgain();
      Duration untilWell = endState.recovers();
      admin.join(60_000);
      load.expects(Expected.ALL_ANSWERED);
      load.revocationsTake(Cluster.POLL_INTERVAL.plusSeconds(2));
      assertThat(cluster.revokes(deactivated.get(7))).isTrue();
      load.goesOn(Duration.ofSeconds(4));
      System.out.println(load);
      KILLED.row(
          "killed (`kill -9`), started again",
          String.valueOf(load.total()),
          String.valueOf(load.answers(503)),
          String.valueOf(load.wronglyLetIn()),
          String.valueOf(load.answers(500)),
          String.format(Locale.ROOT, "%.1f", good.percentile(99)),
          Report.seconds(untilWell));
      assertThat(load.violations()).isEmpty();
      assertThat(good.count()).as("good tokens that got in meanwhile").isGreaterThan(10);
    }
    endState.agrees(mix);
  }
}
