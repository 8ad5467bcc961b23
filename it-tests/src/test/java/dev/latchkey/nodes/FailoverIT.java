package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.it.server.Site;
import dev.latchkey.nodes.Cluster.Member;
import dev.latchkey.nodes.Load.Expected;
import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * A primary with a standby by streaming replication, an admin node and two nodes; the primary is
 * killed while the standby does not hear it, and the standby takes over.
 */
@Order(7)
@DisplayName("When a standby takes over")
class FailoverIT {

  private static final int REQUESTS_PER_SECOND = 100;
  private static final int IN_THE_GAP = 5;
  private static final Report REPORT =
      new Report(
          "failover",
          "standby",
          "acknowledged while it lags: tokens issued",
          "of them unknown afterwards",
          "tokens deactivated",
          "of them active again",
          "requests",
          "500",
          "all is well after",
          "a node notices",
          "audit trail");

  private final Cluster.Running cluster =
      new Cluster.Running(
          "nodes-failover",
          List.of(
              new Member("node-1", Cluster.MAX_STALE, Map.of()),
              new Member("node-2", Cluster.MAX_STALE, Map.of())));
  private final EndState endState = new EndState(cluster);
  private final List<AutoCloseable> others = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    cluster.close();
    for (AutoCloseable each : others) {
      each.close();
    }
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName(
      "E6 what a standby did not hear is lost, and nodes forget it; with remote_apply nothing that"
          + " was acknowledged is lost")
  void standbyThatLags() throws Exception {
    cluster.start(folder -> Postgres.start(folder.resolve("first"), Site.freePort()));
    Scene lagging = new Scene("second");
    lagging.run(Scene::changesWhileItLags);
    lagging.isLost();

    cluster.postgres().execute("alter role postgres set synchronous_commit = remote_apply");
    Scene synchronous = new Scene("third");
    cluster
        .postgres()
        .execute("alter system set synchronous_standby_names = '*'", "select pg_reload_conf()");
    synchronous.run(Scene::changesThatTheStandbyHas);
    synchronous.isKept();
  }

  private interface Step {
    void of(Scene scene) throws Exception;
  }

  /** One primary, and the standby that takes over. */
  private final class Scene {

    private final Postgres primary = cluster.postgres();
    private final Wire toStandby = Wire.to(primary.port());
    private final Postgres standby;
    private final List<Watched> before = new ArrayList<>();
    private final List<Watched> toDeactivate;
    private final List<Watched> issued = new ArrayList<>();
    private final List<Integer> logged = new ArrayList<>();
    private long requests;
    private long failed;
    private Duration untilWell = Duration.ZERO;

    Scene(String name) throws IOException {
      others.add(primary);
      others.add(toStandby);
      standby = primary.standby(cluster.folder().resolve(name), toStandby.port());
      others.add(standby);
      endState.recovers();
      toDeactivate = cluster.issues(Kind.GOOD, IN_THE_GAP);
      before.addAll(cluster.issues(Kind.GOOD, 10));
      before.addAll(cluster.issues(Kind.SELDOM, 20));
      for (Watched revoked : cluster.issues(Kind.REVOKED, 5)) {
        cluster.api().patch(revoked.path(), Map.of("active", false)).is(200);
        before.add(revoked);
      }
      before.add(Watched.foreign("lk_0123456789_" + "a".repeat(49)));
      everywhere(toDeactivate, 204);
      standbyHas(primary.column("select pg_current_wal_lsn()").get(0));
      for (Node node : cluster.nodes()) {
        logged.add(node.logged());
      }
    }

    private void standbyHas(String position) {
      Eventually.within(
          Duration.ofSeconds(30),
          "the standby has heard all",
          () ->
              standby
                  .column("select pg_last_wal_replay_lsn() >= '" + position + "'")
                  .equals(List.of("t")));
    }

    /** The failover, under load; {@code changes} is what is acknowledged before. */
    void run(Step changes) throws Exception {
      try (Load load =
          Load.start(
              cluster.nodes(), before, REQUESTS_PER_SECOND, Cluster.POLL_INTERVAL.plusSeconds(2))) {
        changes.of(this);
        load.expects(Expected.UNAVAILABLE);
        primary.isKilled();
        Eventually.within(
            Duration.ofSeconds(30),
            "the nodes notice",
            () -> cluster.nodes().stream().allMatch(node -> Cluster.Running.ready(node) == 503));
        standby.isPromoted();
        cluster.isOn(standby);
        untilWell = endState.recovers();
        load.expects(Expected.ALL_ANSWERED);
        everywhere(before.stream().filter(each -> each.kind() == Kind.GOOD).toList(), 204);
        requests = load.total();
        failed = load.answers(500);
        System.out.println(load);
        assertThat(load.violations()).isEmpty();
      }
    }

    void changesWhileItLags() throws IOException {
      toStandby.falls();
      change();
    }

    void changesThatTheStandbyHas() throws Exception {
      change();
      toStandby.falls();
      // One more, which the standby does not hear: it is not acknowledged.
      Watched last =
          before.stream().filter(each -> each.kind() == Kind.SELDOM).findAny().orElseThrow();
      assertThat(cluster.revokes(last)).isFalse();
    }

    private void change() throws IOException {
      String thirdParty = cluster.registers(Map.of());
      for (int i = 0; i < IN_THE_GAP; i++) {
        issued.add(cluster.issues(Kind.GOOD, thirdParty, Map.of()));
        assertThat(cluster.revokes(toDeactivate.get(i))).isTrue();
      }
      everywhere(issued, 204);
      everywhere(toDeactivate, 401);
    }

    /** The database does not know it, so nobody does; the rest is as it was. */
    void isLost() throws IOException {
      everywhere(issued, 401);
      everywhere(toDeactivate, 204);
      assertThat(noticed()).isEqualTo(cluster.nodes().size());
      row("by default (asynchronous), cut off");
      // What an operator does about it.
      for (Watched token : toDeactivate) {
        assertThat(cluster.revokes(token)).isTrue();
      }
      everywhere(toDeactivate, 401);
      before.addAll(toDeactivate);
      endState.agrees(before);
    }

    void isKept() throws IOException {
      everywhere(toDeactivate, 401);
      everywhere(issued, 204);
      row("`synchronous_commit = remote_apply`");
      before.addAll(toDeactivate);
      before.addAll(issued);
      endState.agrees(before);
    }

    private void row(String what) throws IOException {
      boolean unbroken =
          cluster.api().get("/audit-events/verification").is(200).json().getBoolean("unbroken");
      REPORT.row(
          what,
          String.valueOf(issued.size()),
          String.valueOf(count(issued, status -> status == 401)),
          String.valueOf(toDeactivate.size()),
          String.valueOf(count(toDeactivate, status -> status == 204)),
          String.valueOf(requests),
          String.valueOf(failed),
          Report.seconds(untilWell),
          noticed() > 0 ? "`changes were missed`" : "nothing",
          unbroken ? "unbroken" : "broken");
      assertThat(unbroken).isTrue();
    }

    /** Nodes that said that they forget everything. */
    private long noticed() throws IOException {
      long nodes = 0;
      for (int i = 0; i < logged.size(); i++) {
        boolean told =
            cluster.nodes().get(i).loggedSince(logged.get(i)).stream()
                .anyMatch(
                    line -> line.contains("changes were missed, so all answers are forgotten"));
        nodes += told ? 1 : 0;
      }
      return nodes;
    }
  }

  private long count(List<Watched> tokens, Predicate<Integer> answer) {
    Node node = cluster.nodes().get(0);
    return tokens.stream()
        .filter(token -> answer.test(Cluster.Running.answer(node, token.text())))
        .count();
  }

  private void everywhere(List<Watched> tokens, int status) {
    for (Node node : cluster.nodes()) {
      for (Watched token : tokens) {
        Eventually.within(
            Duration.ofSeconds(30),
            node + " answers " + status + " to " + token,
            () -> Cluster.Running.answer(node, token.text()) == status);
      }
    }
  }
}
