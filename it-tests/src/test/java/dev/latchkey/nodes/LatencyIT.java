package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From the commit of a deactivation, or of the disabling of a third party, to the first refusal on
 * each of four nodes. The database says when it committed; the refusal counts when it has arrived.
 */
@ExtendWith(Cluster.class)
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("How long it takes until every node refuses")
class LatencyIT {

  private static final int CHANGES = Integer.getInteger("nodes.changes", Cluster.QUICK ? 40 : 1000);
  private static final int AT_ONCE = 25;
  private static final int ONE_DISABLED_IN = 10;
  private static final int REQUESTS_PER_SECOND = 200;
  private static final double GOAL_MILLIS = 50;
  private static final double POLLED_GOAL_MILLIS = Cluster.POLL_INTERVAL.toMillis() + 100;
  // A machine that others use as well may be that much slower.
  private static final double PATIENCE = 10;

  private static final Report REPORT =
      new Report(
          "latency",
          "nodes are woken by",
          "machine",
          "refusals seen",
          "p50 ms",
          "p99 ms",
          "max ms");

  private final Cluster.Running cluster;

  LatencyIT(Cluster.Running cluster) {
    this.cluster = cluster;
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @Order(1)
  @DisplayName("E2 by NOTIFY")
  void notified() throws Exception {
    measure("NOTIFY", 1, GOAL_MILLIS);
  }

  @Test
  @Order(2)
  @DisplayName("E2 by polling alone: notifications are lost on the way")
  void polled() throws Exception {
    cluster.nodes().forEach(node -> node.wire().losesNotifications());
    try {
      measure("polling", AT_ONCE, POLLED_GOAL_MILLIS);
    } finally {
      cluster.nodes().forEach(node -> node.wire().isMended());
    }
  }

  private void measure(String by, int atOnce, double goalMillis) throws Exception {
    List<Watched> tokens = tokens();
    Figures idle = measure(tokens, atOnce);
    REPORT.row(by, "idle", idle.cells());
    activate(tokens);
    List<Watched> mix = cluster.mixed(Cluster.QUICK ? 20 : 90);
    Figures loaded;
    try (Load load =
        Load.start(cluster.nodes(), mix, REQUESTS_PER_SECOND, Duration.ofSeconds(60))) {
      loaded = measure(tokens, atOnce);
      REPORT.row(by, REQUESTS_PER_SECOND + " requests a second", loaded.cells());
      assertThat(load.violations()).isEmpty();
    }
    assertThat(idle.count()).isEqualTo(CHANGES * cluster.nodes().size());
    assertThat(idle.percentile(99)).isLessThan(PATIENCE * goalMillis);
    assertThat(loaded.percentile(99)).isLessThan(PATIENCE * goalMillis);
  }

  private List<Watched> tokens() throws IOException {
    List<Watched> tokens = new ArrayList<>();
    String shared = cluster.registers(Map.of());
    for (int i = 0; i < CHANGES; i++) {
      String thirdParty = i % ONE_DISABLED_IN == 0 ? cluster.registers(Map.of()) : shared;
      tokens.add(cluster.issues(Kind.GOOD, thirdParty, Map.of()));
    }
    return tokens;
  }

  private static boolean byThirdParty(int i) {
    return i % ONE_DISABLED_IN == 0;
  }

  private static String thirdParty(Watched token) {
    return token.path().substring(0, token.path().indexOf("/tokens"));
  }

  private void activate(List<Watched> tokens) throws IOException {
    for (int i = 0; i < tokens.size(); i++) {
      Watched token = tokens.get(i);
      if (byThirdParty(i)) {
        cluster.api().patch(thirdParty(token), Map.of("enabled", true)).is(200);
      } else {
        cluster.api().patch(token.path(), Map.of("active", true)).is(200);
      }
    }
  }

  private Figures measure(List<Watched> tokens, int atOnce) throws Exception {
    for (Watched token : tokens) {
      for (Node node : cluster.nodes()) {
        Eventually.within(
            Duration.ofSeconds(20),
            token + " is in memory of " + node,
            () -> Cluster.Running.answer(node, token.text()) == 204);
      }
    }
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i += atOnce) {
      int end = Math.min(i + atOnce, tokens.size());
      millis.addAll(refusals(tokens, i, end));
    }
    return Figures.of(millis);
  }

  private List<Double> refusals(List<Watched> tokens, int from, int to) throws Exception {
    List<Watched> some = tokens.subList(from, to);
    List<Sentry> sentries = new ArrayList<>();
    for (Node node : cluster.nodes()) {
      Sentry sentry = new Sentry(node, some);
      sentry.start();
      sentries.add(sentry);
    }
    for (int i = from; i < to; i++) {
      Watched token = tokens.get(i);
      if (byThirdParty(i)) {
        cluster.api().patch(thirdParty(token), Map.of("enabled", false)).is(200);
      } else {
        cluster.api().patch(token.path(), Map.of("active", false)).is(200);
      }
    }
    for (Sentry sentry : sentries) {
      sentry.join(60_000);
    }
    Map<String, Instant> commits = commits(some);
    List<Double> millis = new ArrayList<>();
    for (Sentry sentry : sentries) {
      assertThat(sentry.refused).as("refusals of %s", sentry.node).hasSize(some.size());
      sentry.refused.forEach(
          (id, at) ->
              millis.add(
                  ChronoUnit.MICROS.between(commits.getOrDefault(id, Instant.MIN), at) / 1000.0));
    }
    return millis;
  }

  private Map<String, Instant> commits(List<Watched> tokens) {
    String ids = String.join("','", tokens.stream().map(Watched::id).toList());
    Map<String, Instant> commits = new HashMap<>();
    cluster
        .postgres()
        .column(
            "select t.id || ' ' || to_char(pg_xact_commit_timestamp(case when t.deactivated_at is"
                + " null then p.xmin else t.xmin end) at time zone 'UTC',"
                + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from access_token t join third_party p"
                + " on p.id = t.third_party_id where t.id in ('"
                + ids
                + "')")
        .forEach(row -> commits.put(row.split(" ")[0], Instant.parse(row.split(" ")[1])));
    assertThat(commits).hasSize(tokens.size());
    return commits;
  }

  /** Asks one node for tokens, again and again, until each is refused. */
  private static final class Sentry extends Thread {

    private static final long PAUSE_NANOS = 2_000_000;

    private final Node node;
    private final List<Watched> admitted;
    private final Map<String, Instant> refused = new ConcurrentHashMap<>();

    Sentry(Node node, List<Watched> tokens) {
      super("sentry-" + node);
      this.node = node;
      this.admitted = new ArrayList<>(tokens);
      setDaemon(true);
    }

    @Override
    public void run() {
      try (Line line = new Line(node.port())) {
        while (!admitted.isEmpty()) {
          for (Watched token : List.copyOf(admitted)) {
            if (line.verify(token.text()) == 401) {
              refused.put(token.id(), Instant.now());
              admitted.remove(token);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
          }
        }
      } catch (IOException broken) {
        // Then not all are refused, which is seen.
      }
    }
  }
}
