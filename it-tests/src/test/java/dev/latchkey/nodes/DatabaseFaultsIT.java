package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Load.Expected;
import dev.latchkey.nodes.Watched.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What fails with PostgreSQL, under a steady load. Whatever it is: nobody gets in who must not, no
 * answer is 500, good tokens in memory go on working until max-stale and not longer, what was
 * acknowledged is there, and all mends itself.
 */
@ExtendWith(Cluster.class)
@Order(2)
@TestMethodOrder(MethodOrderer.MethodName.class)
@DisplayName("When PostgreSQL fails")
class DatabaseFaultsIT {

  private static final int REQUESTS_PER_SECOND = 200;
  private static final Duration OUTAGE = Duration.ofSeconds(Cluster.QUICK ? 8 : 15);
  // From the end of a failure; connections that hang are given up after 20 s.
  private static final Duration RECOVERY = Duration.ofSeconds(60);
  private static final Report REPORT =
      new Report(
          "database-faults",
          "what fails",
          "requests",
          "503",
          "wrongly let in",
          "500",
          "p99 of good tokens, ms",
          "all is well after, s",
          "log entries of the busiest node");

  private final Cluster.Running cluster;
  private final EndState endState;

  DatabaseFaultsIT(Cluster.Running cluster) {
    this.cluster = cluster;
    this.endState = new EndState(cluster);
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  private interface Step {
    void run() throws Exception;
  }

  @Test
  @DisplayName("E3 killed and started again")
  void killed() throws Exception {
    outage(
        "killed (`kill -9`), started again",
        cluster.postgres()::isKilled,
        cluster.postgres()::isStartedAgain);
  }

  @Test
  @DisplayName("E3 stopped: connections hang")
  void stopped() throws Exception {
    outage(
        "stopped (SIGSTOP), continued",
        cluster.postgres()::isStopped,
        cluster.postgres()::isContinued);
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E3 the network falls silent")
  void silent() throws Exception {
    outage(
        "the network is silent",
        () -> cluster.wires().forEach(Wire::falls),
        () -> cluster.wires().forEach(Wire::isMended));
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E3 each statement takes two seconds")
  void slow() throws Exception {
    outage(
        "each statement takes 2 s",
        () -> cluster.wires().forEach(wire -> wire.slows(Duration.ofSeconds(2))),
        () -> cluster.wires().forEach(Wire::isMended));
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E3 no connection is left")
  void outOfConnections() throws Exception {
    List<Connection> taken = new ArrayList<>();
    outage(
        "no connection is left",
        () -> {
          cluster.postgres().execute("create role greedy superuser login");
          // What the nodes hold is taken as well, and then they may try.
          cluster.wires().forEach(Wire::isCut);
          Eventually.within(
              Duration.ofSeconds(20), "all connections are taken", () -> takesAll(taken));
          cluster.wires().forEach(Wire::isMended);
        },
        () -> {
          for (Connection each : taken) {
            each.close();
          }
          cluster.postgres().execute("drop role greedy");
        });
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E3 read-only, as a standby is")
  void readOnly() throws Exception {
    outage(
        "read-only",
        () -> setting("default_transaction_read_only = on"),
        () -> setting("default_transaction_read_only = off"));
  }

  private void setting(String value) throws SQLException {
    try (Connection connection = cluster.postgres().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set default_transaction_read_only = off");
      statement.execute("alter system set " + value);
      statement.execute("select pg_reload_conf()");
    }
  }

  private boolean takesAll(List<Connection> taken) {
    try {
      while (taken.size() < Postgres.MOST_CONNECTIONS) {
        taken.add(cluster.postgres().connect("greedy"));
      }
      return true;
    } catch (SQLException noneLeft) {
      return false;
    }
  }

  /** Has it fail for a while, under load, while an admin goes on deactivating tokens. */
  private void outage(String what, Step fails, Step isMended) throws Exception {
    List<Watched> mix = cluster.mixed((int) OUTAGE.toSeconds() + 25);
    List<Watched> deactivated = cluster.issues(Kind.GOOD, 12);
    mix.addAll(deactivated);
    List<Integer> logged = new ArrayList<>();
    for (Node node : cluster.nodes()) {
      logged.add(node.logged());
    }
    boolean mended = false;
    try (Load load =
        Load.start(
            cluster.nodes(), mix, REQUESTS_PER_SECOND, Cluster.POLL_INTERVAL.plusSeconds(2))) {
      assertThat(cluster.revokes(deactivated.get(0))).isTrue();
      load.goesOn(Duration.ofSeconds(2));
      load.takeGood();
      load.revocationsTake(Cluster.MAX_STALE);
      load.expects(Expected.FROM_MEMORY);
      load.expects(cluster.strict(), Expected.UNAVAILABLE);
      Thread admin =
          new Thread(() -> deactivated.stream().skip(1).limit(6).forEach(cluster::revokes));
      Duration untilWell;
      Figures good;
      try {
        fails.run();
        admin.start();
        load.goesOn(OUTAGE);
        good = load.takeGood();
        readinessIsDown(what);
      } finally {
        isMended.run();
        mended = true;
      }
      long start = System.nanoTime();
      endState.recovers();
      untilWell = Duration.ofNanos(System.nanoTime() - start);
      admin.join(RECOVERY.toMillis());
      load.expects(Expected.ALL_ANSWERED);
      load.revocationsTake(Cluster.POLL_INTERVAL.plusSeconds(2));
      assertThat(cluster.revokes(deactivated.get(11))).isTrue();
      load.goesOn(Duration.ofSeconds(4));
      long most = 0;
      for (int i = 0; i < logged.size(); i++) {
        most = Math.max(most, cluster.nodes().get(i).entriesSince(logged.get(i)));
      }
      REPORT.row(
          what,
          String.valueOf(load.total()),
          String.valueOf(load.answers(503)),
          String.valueOf(load.wronglyLetIn()),
          String.valueOf(load.answers(500)),
          String.format(Locale.ROOT, "%.1f", good.percentile(99)),
          String.format(Locale.ROOT, "%.1f", untilWell.toMillis() / 1000.0),
          String.valueOf(most));
      System.out.println(load);
      assertThat(load.violations()).isEmpty();
      assertThat(good.count()).as("good tokens that got in meanwhile").isGreaterThan(20);
    } finally {
      if (!mended) {
        isMended.run();
      }
    }
    endState.agrees(mix);
  }

  /** A node that can't check new tokens says so, and why; unless it can. */
  private void readinessIsDown(String what) {
    if (!what.equals("read-only") && !what.startsWith("each statement")) {
      for (Node node : cluster.nodes()) {
        Eventually.within(
            Duration.ofSeconds(15),
            node + " is not ready",
            () -> Cluster.Running.ready(node) == 503);
      }
    }
  }
}
