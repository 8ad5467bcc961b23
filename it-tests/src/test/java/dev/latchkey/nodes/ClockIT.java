package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.Eventually;
import dev.latchkey.nodes.Cluster.Member;
import dev.latchkey.nodes.Watched.Kind;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two more nodes, whose clocks are an hour behind and an hour ahead by Debian's libfaketime. */
@ExtendWith(Cluster.class)
@Order(6)
@DisplayName("When the clock of a node is wrong")
class ClockIT {

  private static final Report REPORT =
      new Report(
          "clocks",
          "clock of the node",
          "token that expired half an hour ago",
          "token that expires in half an hour",
          "token without an end",
          "deactivated token is refused after",
          "ready",
          "its check `clock`",
          "log lines about it");

  private final Cluster.Running cluster;

  ClockIT(Cluster.Running cluster) {
    this.cluster = cluster;
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @DisplayName("E5 tokens expire by it, revocations do not, and the node tells")
  void anHourOff() throws Exception {
    Path library = faketime();
    try (Node behind = cluster.another(off("behind", "-3600", library));
        Node ahead = cluster.another(off("ahead", "+3600", library))) {
      Watched endless = cluster.issues(Kind.GOOD, Map.of(), Map.of());
      Watched deactivated = cluster.issues(Kind.GOOD, Map.of(), Map.of());
      Instant soon = Instant.now().plus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.MILLIS);
      Watched expiring =
          cluster.issues(Kind.EXPIRING, Map.of(), Map.of("expiresAt", soon.toString()));
      Watched expired = cluster.issues(Kind.EXPIRING, Map.of(), Map.of());
      cluster
          .database()
          .execute(
              "update access_token set created_at = now() - interval '1 day', expires_at = now() -"
                  + " interval '30 minutes' where id = '"
                  + expired.id()
                  + "'");
      Node right = cluster.lenient().get(0);
      for (Node node : List.of(right, behind, ahead)) {
        assertThat(Cluster.Running.answer(node, deactivated.text()))
            .as("to a token that is active, at %s", node)
            .isEqualTo(204);
      }
      assertThat(cluster.revokes(deactivated)).isTrue();
      List<Duration> refused = new ArrayList<>();
      for (Node node : List.of(right, behind, ahead)) {
        refused.add(untilRefused(node, deactivated));
      }
      List<Watched> tokens = List.of(expired, expiring, endless);
      row("right", right, refused.get(0), tokens, List.of(401, 204, 204));
      row("an hour behind", behind, refused.get(1), tokens, List.of(204, 204, 204));
      row("an hour ahead", ahead, refused.get(2), tokens, List.of(401, 401, 204));
      assertThat(check(right)).isEqualTo("up");
      assertThat(check(behind))
          .matches("the clock of this node is (35|36)\\d\\d seconds behind the database's");
      assertThat(check(ahead))
          .matches("the clock of this node is (35|36)\\d\\d seconds ahead of the database's");
      assertThat(lines(right)).isZero();
      assertThat(lines(behind)).isOne();
      assertThat(lines(ahead)).isOne();
    }
  }

  private static Path faketime() throws IOException {
    Optional<Path> library = Optional.empty();
    for (String folders : List.of("/usr/lib", "/usr/lib64")) {
      if (library.isEmpty() && Files.isDirectory(Path.of(folders))) {
        library = faketimeBelow(Path.of(folders));
      }
    }
    assumeTrue(
        library.isPresent(),
        "skipped: a wrong clock needs libfaketime; install Debian's package libfaketime");
    return library.orElseThrow();
  }

  private static Optional<Path> faketimeBelow(Path folder) throws IOException {
    Path direct = folder.resolve("faketime/libfaketime.so.1");
    if (Files.exists(direct)) {
      return Optional.of(direct);
    }
    try (DirectoryStream<Path> architectures = Files.newDirectoryStream(folder, "*-linux-*")) {
      for (Path each : architectures) {
        Path library = each.resolve("faketime/libfaketime.so.1");
        if (Files.exists(library)) {
          return Optional.of(library);
        }
      }
    }
    return Optional.empty();
  }

  private static Member off(String name, String seconds, Path library) {
    return new Member(
        name,
        Cluster.MAX_STALE,
        Map.of(
            "LD_PRELOAD",
            library.toString(),
            "FAKETIME",
            seconds,
            // The other clock of a machine goes on, whoever sets this one.
            "FAKETIME_DONT_FAKE_MONOTONIC",
            "1",
            // Else the JVM's waits on that other clock end at once.
            "FAKETIME_FORCE_MONOTONIC_FIX",
            "0"));
  }

  private static Duration untilRefused(Node node, Watched token) {
    Eventually.within(
        Duration.ofSeconds(20),
        token + " is refused by " + node,
        () -> Cluster.Running.answer(node, token.text()) == 401);
    Instant revoked = token.revoked();
    assertThat(revoked).isNotNull();
    return Duration.between(revoked, Instant.now());
  }

  private static void row(
      String clock, Node node, Duration refused, List<Watched> tokens, List<Integer> expected)
      throws IOException {
    List<Integer> answers =
        tokens.stream().map(token -> Cluster.Running.answer(node, token.text())).toList();
    int ready = Cluster.Running.ready(node);
    REPORT.row(
        clock,
        String.valueOf(answers.get(0)),
        String.valueOf(answers.get(1)),
        String.valueOf(answers.get(2)),
        refused.toMillis() + " ms",
        String.valueOf(ready),
        check(node),
        String.valueOf(lines(node)));
    assertThat(answers).as("to %s at %s", tokens, node).isEqualTo(expected);
    assertThat(ready).as("whether %s is ready", node).isEqualTo(200);
  }

  private static String check(Node node) throws IOException {
    return Api.as(node.port(), "nobody", "")
        .outside("/health/ready")
        .is(200)
        .json()
        .getJsonArray("checks")
        .getValuesAs(JsonObject.class)
        .stream()
        .filter(check -> check.getString("name").equals("clock"))
        .map(check -> check.getString("detail"))
        .findAny()
        .orElse("none");
  }

  private static long lines(Node node) throws IOException {
    return node.loggedSince(0).stream()
        .filter(line -> line.contains("the clock of this node"))
        .count();
  }
}
