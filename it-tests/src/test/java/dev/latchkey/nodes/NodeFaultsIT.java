package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Load.Expected;
import dev.latchkey.nodes.Watched.Kind;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to single nodes and to the feed of changes, under a steady load. */
@ExtendWith(Cluster.class)
@Order(3)
@TestMethodOrder(MethodOrderer.MethodName.class)
@DisplayName("When a node or the feed fails")
class NodeFaultsIT {

  private static final int REQUESTS_PER_SECOND = 200;
  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final int CHANGES_MEANWHILE = Cluster.QUICK ? 100 : 600;
  private static final Report REPORT =
      new Report("node-faults", "what fails", "requests", "wrongly let in", "500", "what was seen");

  private final Cluster.Running cluster;
  private final EndState endState;

  NodeFaultsIT(Cluster.Running cluster) {
    this.cluster = cluster;
    this.endState = new EndState(cluster);
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E2 notifications stop: changes are found by polling, and notified again afterwards")
  void notificationsCut() throws Exception {
    underLoad(
        "notifications are lost, their connections cut",
        5,
        (load, tokens) -> {
          cluster.nodes().forEach(node -> node.wire().losesNotifications());
          load.expects(Expected.FROM_MEMORY);
          Duration longest = Duration.ZERO;
          try {
            for (Watched token : tokens) {
              endsAllThatListen();
              longest = longer(longest, refused(token));
            }
          } finally {
            cluster.nodes().forEach(node -> node.wire().isMended());
          }
          endState.recovers();
          load.expects(Expected.ALL_ANSWERED);
          return "refused everywhere after at most " + Report.seconds(longest);
        });
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E2 a long transaction of somebody else does not hold up the feed")
  void longTransaction() throws Exception {
    underLoad(
        "a long transaction that reads the feed",
        8,
        (load, tokens) -> {
          try (Connection somebody = cluster.postgres().connect();
              Statement statement = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            somebody.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("select count(*) from change_feed");
            statement.execute("lock table change_feed in row share mode");
            Duration longest = Duration.ZERO;
            for (Watched token : tokens) {
              longest = longer(longest, refused(token));
              LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
            somebody.rollback();
            return "refused everywhere after at most " + Report.seconds(longest);
          }
        });
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E4 the lock of the feed is held by one that hangs: changes wait, none is lost")
  void feedLocked() throws Exception {
    underLoad(
        "the feed is locked by one that hangs",
        2,
        (load, tokens) -> {
          try (Connection hanging = cluster.postgres().connect();
              Statement statement = hanging.createStatement()) {
            hanging.setAutoCommit(false);
            statement.execute("select seq from feed_head where id = 1 for update");
            Watched first = tokens.get(0);
            Instant asked = Instant.now();
            first.revocationIsAsked(asked);
            // Nobody is told "done" of what is not, nor left waiting until the client gives up.
            int answered = cluster.api().patch(first.path(), Map.of("active", false)).status();
            Duration waited = Duration.between(asked, Instant.now());
            assertThat(answered).isEqualTo(503);
            assertThat(waited).isLessThan(Duration.ofSeconds(20));
            hanging.rollback();
            Watched next = tokens.get(1);
            Eventually.within(
                Duration.ofSeconds(20), "deactivated", () -> cluster.revokesAgain(next));
            return "the change was answered "
                + answered
                + " after "
                + Report.seconds(waited)
                + ", the next one is refused everywhere after "
                + Report.seconds(untilRefused(next, cluster.nodes()));
          }
        });
  }

  @Test
  @DisplayName("E1 a node that was stopped uses no answer older than max-stale when it goes on")
  void stoppedAndContinued() throws Exception {
    Node strict = cluster.strict();
    Node other = cluster.lenient().get(0);
    Watched changed = cluster.issues(Kind.SELDOM, 1).get(0);
    underLoad(
        "a node is stopped (SIGSTOP) for " + CHANGES_MEANWHILE + " changes, continued",
        10,
        (load, tokens) -> {
          try {
            load.expects(strict, Expected.GONE);
            load.expects(other, Expected.GONE);
            load.revocationsTake(Cluster.MAX_STALE);
            strict.isPaused();
            other.isPaused();
            for (Watched token : tokens) {
              assertThat(cluster.revokes(token)).isTrue();
            }
            Instant old = Instant.now();
            for (int i = 0; i < CHANGES_MEANWHILE; i++) {
              cluster.api().patch(changed.path(), Map.of("active", i % 2 == 1)).is(200);
            }
            Eventually.within(
                Duration.ofSeconds(60),
                "all that the strict node remembers is too old",
                () -> Instant.now().isAfter(old.plus(Cluster.STRICT_MAX_STALE)));
            // It can't read the feed, nor ask for a token, so it has only what it remembers.
            strict.wire().falls();
            strict.isContinued();
            other.isContinued();
            Duration caughtUp = untilRefused(tokens.get(9), List.of(other));
            for (Watched token : tokens) {
              assertThat(Cluster.Running.answer(strict, token.text()))
                  .as("%s at a node that remembers and can't ask", token)
                  .isNotEqualTo(204);
            }
            strict.wire().isMended();
            endState.recovers();
            load.expects(Expected.ALL_ANSWERED);
            return "it has caught up after "
                + Report.seconds(caughtUp)
                + "; without the database it lets nobody in on an answer older than max-stale";
          } finally {
            strict.isContinued();
            other.isContinued();
            strict.wire().isMended();
          }
        });
  }

  private interface Scene {
    /** What was seen. */
    String plays(Load load, List<Watched> toDeactivate) throws Exception;
  }

  private void underLoad(String what, int toDeactivate, Scene scene) throws Exception {
    List<Watched> mix = cluster.mixed(40);
    List<Watched> tokens = cluster.issues(Kind.GOOD, toDeactivate);
    mix.addAll(tokens);
    try (Load load =
        Load.start(cluster.nodes(), mix, REQUESTS_PER_SECOND, Cluster.POLL_INTERVAL.plus(SLACK))) {
      String seen = scene.plays(load, tokens);
      REPORT.row(
          what,
          String.valueOf(load.total()),
          String.valueOf(load.wronglyLetIn()),
          String.valueOf(load.answers(500)),
          seen);
      System.out.println(load);
      assertThat(load.violations()).isEmpty();
    }
    endState.agrees(mix);
  }

  private void endsAllThatListen() {
    Eventually.within(
        Duration.ofSeconds(30),
        "nodes listen, and are cut off",
        () ->
            // What such a connection was asked last: to listen, or for a sign of life.
            !cluster
                .postgres()
                .column(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query like"
                        + " 'listen %' or query = 'select 1'")
                .isEmpty());
  }

  /** Deactivates a token; how long it took until it was refused everywhere. */
  private Duration refused(Watched token) {
    Eventually.within(
        Duration.ofSeconds(20), token + " is deactivated", () -> cluster.revokesAgain(token));
    return untilRefused(token, cluster.nodes());
  }

  private static Duration untilRefused(Watched token, List<Node> nodes) {
    return Eventually.within(
        Duration.ofSeconds(20),
        token + " is refused everywhere",
        () -> nodes.stream().allMatch(node -> Cluster.Running.answer(node, token.text()) == 401));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
