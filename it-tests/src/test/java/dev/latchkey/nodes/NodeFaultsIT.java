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
import java.util.Locale;
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
    List<Watched> mix = cluster.mixed(30);
    List<Watched> deactivated = cluster.issues(Kind.GOOD, 5);
    mix.addAll(deactivated);
    try (Load load = start(mix)) {
      cluster.nodes().forEach(node -> node.wire().losesNotifications());
      Duration longest = Duration.ZERO;
      for (Watched token : deactivated) {
        endsAllThatListen();
        longest = longer(longest, refused(token));
      }
      cluster.nodes().forEach(node -> node.wire().isMended());
      ends(
          load,
          "notifications are lost, their connections cut",
          "refused everywhere after at most " + seconds(longest));
    }
    endState.agrees(mix);
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E2 a long transaction of somebody else does not hold up the feed")
  void longTransaction() throws Exception {
    List<Watched> mix = cluster.mixed(20);
    List<Watched> deactivated = cluster.issues(Kind.GOOD, 4);
    mix.addAll(deactivated);
    try (Load load = start(mix);
        Connection somebody = cluster.postgres().connect();
        Statement statement = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      somebody.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("select count(*) from change_feed");
      statement.execute("lock table change_feed in row share mode");
      Duration longest = Duration.ZERO;
      for (Watched token : deactivated.subList(0, 3)) {
        longest = longer(longest, refused(token));
      }
      LockSupport.parkNanos(Duration.ofSeconds(8).toNanos());
      longest = longer(longest, refused(deactivated.get(3)));
      somebody.rollback();
      ends(
          load,
          "a long transaction that reads the feed",
          "refused everywhere after at most " + seconds(longest));
    }
    endState.agrees(mix);
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E4 the lock of the feed is held by one that hangs: changes wait, none is lost")
  void feedLocked() throws Exception {
    List<Watched> mix = cluster.mixed(40);
    List<Watched> deactivated = cluster.issues(Kind.GOOD, 3);
    mix.addAll(deactivated);
    try (Load load = start(mix);
        Connection hanging = cluster.postgres().connect();
        Statement statement = hanging.createStatement()) {
      hanging.setAutoCommit(false);
      statement.execute("select seq from feed_head where id = 1 for update");
      Instant asked = Instant.now();
      deactivated.get(0).revocationIsAsked(asked);
      // Nobody is told "done" of what is not, nor left waiting until the client gives up.
      int answered =
          cluster.api().patch(deactivated.get(0).path(), Map.of("active", false)).status();
      Duration waited = Duration.between(asked, Instant.now());
      assertThat(answered).isEqualTo(503);
      assertThat(waited).isLessThan(Duration.ofSeconds(20));
      hanging.rollback();
      Eventually.within(
          Duration.ofSeconds(20), "deactivated", () -> cluster.revokesAgain(deactivated.get(1)));
      Duration after = untilRefused(deactivated.get(1), cluster.nodes());
      ends(
          load,
          "the feed is locked by one that hangs",
          "the change was answered "
              + answered
              + " after "
              + seconds(waited)
              + ", the next one is refused everywhere after "
              + seconds(after));
    }
    endState.agrees(mix);
  }

  @Test
  @DisplayName("E1 a node that was stopped uses no answer older than max-stale when it goes on")
  void stoppedAndContinued() throws Exception {
    Node strict = cluster.strict();
    Node other = cluster.lenient().get(0);
    List<Watched> mix = cluster.mixed(60);
    List<Watched> deactivated = cluster.issues(Kind.GOOD, 10);
    mix.addAll(deactivated);
    List<Watched> changed = cluster.issues(Kind.SELDOM, 1);
    try (Load load = start(mix)) {
      for (Node stopped : List.of(strict, other)) {
        load.expects(stopped, Expected.GONE);
      }
      load.revocationsTake(Cluster.MAX_STALE);
      strict.isPaused();
      other.isPaused();
      for (Watched token : deactivated) {
        assertThat(cluster.revokes(token)).isTrue();
      }
      for (int i = 0; i < CHANGES_MEANWHILE; i++) {
        cluster.api().patch(changed.get(0).path(), Map.of("active", i % 2 == 1)).is(200);
      }
      Watched last = deactivated.get(9);
      Instant old = last.revoked();
      assertThat(old).isNotNull();
      Eventually.within(
          Duration.ofSeconds(60),
          "all that the strict node remembers is too old",
          () -> Instant.now().isAfter(old.plus(Cluster.STRICT_MAX_STALE)));
      // It can't read the feed, nor ask for a token, so all that it has is what it remembers.
      strict.wire().falls();
      strict.isContinued();
      other.isContinued();
      Duration caughtUp = untilRefused(last, List.of(other));
      for (Watched token : deactivated) {
        assertThat(Cluster.Running.answer(strict, token.text()))
            .as("%s at a node that remembers and can't ask", token)
            .isNotEqualTo(204);
      }
      strict.wire().isMended();
      endState.recovers();
      load.expects(Expected.ALL_ANSWERED);
      ends(
          load,
          "a node is stopped (SIGSTOP) for " + CHANGES_MEANWHILE + " changes, continued",
          "it has caught up after "
              + seconds(caughtUp)
              + "; without the database it lets nobody in on an answer older than max-stale");
    } finally {
      strict.isContinued();
      other.isContinued();
      strict.wire().isMended();
    }
    endState.agrees(mix);
  }

  private Load start(List<Watched> mix) {
    return Load.start(cluster.nodes(), mix, REQUESTS_PER_SECOND, Cluster.POLL_INTERVAL.plus(SLACK));
  }

  private void ends(Load load, String what, String seen) {
    REPORT.row(
        what,
        String.valueOf(load.total()),
        String.valueOf(load.violations().stream().filter(v -> v.contains(": admitted")).count()),
        String.valueOf(load.answers(500)),
        seen);
    System.out.println(load);
    assertThat(load.violations()).isEmpty();
  }

  private void endsAllThatListen() {
    Eventually.within(
        Duration.ofSeconds(30),
        "nodes listen, and are cut off",
        () ->
            !cluster
                .postgres()
                .column(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query ilike"
                        + " 'listen%'")
                .isEmpty());
  }

  /** Deactivates a token; how long it took until it was refused everywhere. */
  private Duration refused(Watched token) {
    assertThat(cluster.revokes(token)).isTrue();
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

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
