package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Watched.Kind;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The admin node is killed again and again while clients create, renew and deactivate tokens, and
 * repeat with the same idempotency key what was not answered.
 */
@ExtendWith(Cluster.class)
@Order(4)
@DisplayName("When the admin node is killed")
class AdminKilledIT {

  private static final int OF_EACH = Cluster.QUICK ? 60 : 350;
  private static final int CLIENTS = 4;
  private static final int KILLS = Cluster.QUICK ? 1 : 3;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Report REPORT =
      new Report(
          "admin-killed",
          "commands",
          "kills",
          "sent again",
          "acknowledged and lost",
          "done twice",
          "audit trail");

  private final Cluster.Running cluster;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  AdminKilledIT(Cluster.Running cluster) {
    this.cluster = cluster;
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @DisplayName(
      "E4 what was acknowledged is there, nothing is there twice, the audit trail is whole")
  void killedAmidCommands() throws Exception {
    String thirdParty = cluster.registers(Map.of());
    String tokens = thirdParty + "/tokens";
    List<Watched> toRenew = cluster.issues(Kind.GOOD, OF_EACH);
    List<Watched> toDeactivate = cluster.issues(Kind.GOOD, OF_EACH);
    Queue<Command> commands = new ConcurrentLinkedQueue<>();
    Queue<String> created = new ConcurrentLinkedQueue<>();
    Queue<String> renewed = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < OF_EACH; i++) {
      String key = "killed-" + i;
      Watched old = toRenew.get(i);
      Watched off = toDeactivate.get(i);
      commands.add(() -> created.add(id(cluster.api().post(tokens, Map.of("label", key), key))));
      commands.add(
          () -> renewed.add(id(cluster.api().post(old.path() + "/renew", Map.of(), key + "-r"))));
      commands.add(() -> ok(cluster.api().patch(off.path(), Map.of("active", false))));
    }
    int all = commands.size();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Thread client = new Thread(() -> carryOut(commands));
      client.setDaemon(true);
      client.start();
      clients.add(client);
    }
    for (int kill = 1; kill <= KILLS; kill++) {
      int until = all * kill / (KILLS + 1);
      Eventually.within(PATIENCE, until + " commands are done", () -> done.get() >= until);
      cluster.admin().isKilled();
      cluster.admin().start();
    }
    Eventually.within(PATIENCE, "all commands are done", () -> done.get() == all);
    for (Thread client : clients) {
      client.join();
    }

    List<String> createdNow =
        cluster.postgres().column("select id from access_token where label like 'killed-%'");
    List<String> renewedNow = rows("replaced_by", toRenew);
    List<String> off = rows("case when deactivated_at is null then null else id end", toDeactivate);
    assertThat(createdNow).containsExactlyInAnyOrderElementsOf(created).doesNotHaveDuplicates();
    assertThat(renewedNow).containsExactlyInAnyOrderElementsOf(renewed).doesNotHaveDuplicates();
    assertThat(off).doesNotContainNull().hasSize(OF_EACH);
    assertThat(events("token.create", createdNow)).isEqualTo(OF_EACH);
    assertThat(events("token.deactivate", off)).isEqualTo(OF_EACH);
    assertThat(
            cluster
                .postgres()
                .column(
                    "select count(*) from access_token where third_party_id = (select"
                        + " third_party_id from access_token where id = '"
                        + toRenew.get(0).id()
                        + "')"))
        .as("tokens and their successors")
        .containsExactly(String.valueOf(2 * OF_EACH));
    boolean whole =
        cluster.api().get("/audit-events/verification").is(200).json().getBoolean("unbroken");
    assertThat(whole).isTrue();
    for (Node node : cluster.nodes()) {
      for (Watched each : toDeactivate) {
        Eventually.within(
            Duration.ofSeconds(10),
            each + " is refused by " + node,
            () -> Cluster.Running.answer(node, each.text()) == 401);
      }
    }
    REPORT.row(
        String.valueOf(all),
        String.valueOf(KILLS),
        String.valueOf(sent.get() - all),
        String.valueOf(3 * OF_EACH - createdNow.size() - renewedNow.size() - off.size()),
        String.valueOf(
            createdNow.size()
                + renewedNow.size()
                - Set.copyOf(createdNow).size()
                - Set.copyOf(renewedNow).size()),
        whole ? "unbroken" : "broken");
  }

  private interface Command {
    void carryOut() throws IOException;
  }

  private void carryOut(Queue<Command> commands) {
    for (Command next = commands.poll(); next != null; next = commands.poll()) {
      while (!carriedOut(next)) {
        LockSupport.parkNanos(200_000_000);
      }
      done.incrementAndGet();
    }
  }

  private boolean carriedOut(Command command) {
    sent.incrementAndGet();
    try {
      command.carryOut();
      return true;
    } catch (IOException notAnswered) {
      return false;
    }
  }

  private static String id(Api.Answer answer) throws IOException {
    return ok(answer).getString("id");
  }

  private static JsonObject ok(Api.Answer answer) throws IOException {
    if (answer.status() != 200 && answer.status() != 201) {
      // Not there yet: 404 before the WAR is deployed, 401 and 503 before the database is open.
      throw new IOException("answered " + answer.status());
    }
    return answer.json();
  }

  private List<String> rows(String column, List<Watched> tokens) {
    return cluster
        .postgres()
        .column(
            "select "
                + column
                + " from access_token where id in ('"
                + String.join("','", tokens.stream().map(Watched::id).toList())
                + "')");
  }

  private long events(String action, List<String> tokenIds) {
    List<String> found =
        cluster
            .postgres()
            .column("select token_id from audit_event where action = '" + action + "'");
    return tokenIds.stream().mapToLong(id -> Collections.frequency(found, id)).sum();
  }
}
