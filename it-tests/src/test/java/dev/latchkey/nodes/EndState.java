package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must agree when all is well again: the database, the audit trail and every node's answers.
 */
final class EndState {

  private static final Duration RECOVERY = Duration.ofSeconds(40);

  private final Cluster.Running cluster;

  EndState(Cluster.Running cluster) {
    this.cluster = cluster;
  }

  /** Waits until every node and the admin node do their work; how long that took. */
  Duration recovers() {
    long start = System.nanoTime();
    Eventually.within(
        RECOVERY, "the admin node is ready", () -> Cluster.Running.status(cluster.api()) == 200);
    for (Node node : cluster.nodes()) {
      Eventually.within(RECOVERY, node + " is ready", () -> ready(node));
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static boolean ready(Node node) {
    return Cluster.Running.ready(node) == 200;
  }

  /** Asserts that all agree on these tokens. */
  void agrees(List<Watched> tokens) throws IOException {
    List<Watched> ours = tokens.stream().filter(each -> each.kind() != Kind.FOREIGN).toList();
    Set<String> deactivated =
        new HashSet<>(
            cluster
                .database()
                .column(
                    "select id from access_token where deactivated_at is not null and id in ('"
                        + ours.stream().map(Watched::id).collect(Collectors.joining("','"))
                        + "')"));
    List<String> deactivations = deactivations();
    for (Watched token : ours) {
      boolean off = deactivated.contains(token.id());
      if (token.revoked() != null || token.kind() == Kind.REVOKED) {
        assertThat(off)
            .as("%s, whose deactivation was acknowledged, is deactivated", token)
            .isTrue();
      } else if (token.revocationAsked() == null) {
        assertThat(off).as("%s, which nobody deactivated, is deactivated", token).isFalse();
      }
      assertThat(Collections.frequency(deactivations, token.id()))
          .as("deactivations of %s in the audit trail", token)
          .isEqualTo(off ? 1 : 0);
      Instant end = token.expiresAt();
      boolean expired = end != null && !Instant.now().isBefore(end.minusSeconds(2));
      for (Node node : cluster.nodes()) {
        if (!expired) {
          Eventually.within(
              Duration.ofSeconds(10),
              node + " answers to " + token + " as the database does",
              () -> Cluster.Running.answer(node, token.text()) == (off ? 401 : 204));
        }
      }
    }
    assertThat(
            cluster.api().get("/audit-events/verification").is(200).json().getBoolean("unbroken"))
        .as("the audit trail is unbroken")
        .isTrue();
  }

  /** Ids of tokens, once for each time that one was deactivated. */
  private List<String> deactivations() {
    return cluster
        .database()
        .column("select token_id from audit_event where action = 'token.deactivate'");
  }
}
