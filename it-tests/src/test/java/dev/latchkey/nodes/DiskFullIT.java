package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.latchkey.it.Eventually;
import dev.latchkey.it.server.Site;
import dev.latchkey.nodes.Cluster.Member;
import dev.latchkey.nodes.Load.Expected;
import dev.latchkey.nodes.Watched.Kind;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The disk of PostgreSQL fills up under load, and has space again. */
@Order(8)
@DisplayName("When the disk is full")
class DiskFullIT {

  private static final int MEBIBYTES = 200;
  private static final int REQUESTS_PER_SECOND = 100;
  private static final int MOST_CHANGES = 400;
  private static final int REFUSED_ENOUGH = 5;
  private static final int BEFORE = 20;
  private static final Duration WHILE_FULL = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Report REPORT =
      new Report(
          "disk-full",
          "what is full",
          "changes acknowledged",
          "refused (503)",
          "acknowledged and lost",
          "requests",
          "503",
          "wrongly let in",
          "500",
          "PostgreSQL",
          "all is well after");

  private final Cluster.Running cluster =
      new Cluster.Running(
          "nodes-disk-full",
          List.of(
              new Member("node-1", Cluster.MAX_STALE, Map.of()),
              new Member("node-2", Cluster.MAX_STALE, Map.of())));
  private final EndState endState = new EndState(cluster);
  private final List<String> acknowledged = new ArrayList<>();
  private final List<Watched> created = new ArrayList<>();
  private @Nullable SmallDisk disk;
  private int deactivated;
  private int refused;

  @AfterEach
  void end() {
    cluster.close();
    if (disk != null) {
      disk.close();
    }
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
  @DisplayName("E3 changes are refused, good tokens get in, nothing is lost, and all mends itself")
  void fullDisk() throws Exception {
    cluster.start(folder -> onSmallDisk(folder));
    // First what tables need; then what the log of PostgreSQL needs, without which it ends.
    scene("room for tables", false);
    scene("room for the log (WAL) as well", true);
  }

  private Postgres onSmallDisk(Path folder) throws IOException {
    SmallDisk small;
    try {
      small = SmallDisk.mounted(folder.resolve("postgres"), MEBIBYTES);
    } catch (IOException mayNot) {
      return abort("skipped: a full disk needs a mount, which is refused here: " + mayNot);
    }
    disk = small;
    return Postgres.start(
        small.folder(), Site.freePort(), Map.of("max_wal_size", "48MB", "min_wal_size", "32MB"));
  }

  private void scene(String what, boolean takesTheLogsRoom) throws Exception {
    SmallDisk full = disk;
    assertThat(full).isNotNull();
    acknowledged.clear();
    created.clear();
    deactivated = 0;
    refused = 0;
    String thirdParty = cluster.registers(Map.of());
    List<Watched> mix = cluster.mixed(60);
    List<Watched> toDeactivate = cluster.issues(Kind.GOOD, 10);
    mix.addAll(toDeactivate);
    String found;
    Duration untilWell;
    try (Load load =
        Load.start(
            cluster.nodes(), mix, REQUESTS_PER_SECOND, Cluster.POLL_INTERVAL.plusSeconds(2))) {
      for (int i = 0; i < BEFORE; i++) {
        creates(thirdParty, what + " before " + i);
      }
      assertThat(refused).isZero();
      load.expects(Expected.FROM_MEMORY);
      load.revocationsTake(Cluster.MAX_STALE);
      try {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0;
            i < MOST_CHANGES && refused < REFUSED_ENOUGH && System.nanoTime() < end;
            i++) {
          full.fillsUp();
          if (takesTheLogsRoom) {
            asksForMoreLog();
          }
          creates(thirdParty, what + " " + i);
        }
        for (Watched token : toDeactivate.subList(0, 5)) {
          full.fillsUp();
          deactivates(token);
        }
        load.goesOn(WHILE_FULL);
      } finally {
        full.hasSpaceAgain();
      }
      found = mended();
      untilWell = endState.recovers();
      Eventually.within(
          Duration.ofSeconds(20),
          "changes are taken again",
          () -> cluster.revokesAgain(toDeactivate.get(9)));
      load.expects(Expected.ALL_ANSWERED);
      load.revocationsTake(Cluster.POLL_INTERVAL.plusSeconds(2));
      load.goesOn(Duration.ofSeconds(3));
      List<String> there =
          cluster.database().column("select id from access_token where label like '" + what + "%'");
      System.out.println(load);
      REPORT.row(
          what,
          String.valueOf(acknowledged.size() + deactivated),
          String.valueOf(refused),
          String.valueOf(acknowledged.stream().filter(id -> !there.contains(id)).count()),
          String.valueOf(load.total()),
          String.valueOf(load.answers(503)),
          String.valueOf(load.wronglyLetIn()),
          String.valueOf(load.answers(500)),
          found,
          Report.seconds(untilWell));
      assertThat(refused).as("changes that were refused").isPositive();
      assertThat(there).containsAll(acknowledged);
      assertThat(load.violations()).isEmpty();
    }
    mix.addAll(created);
    endState.agrees(mix);
  }

  // It takes its next file, of 16 MB, and when there is none and no room for one, it ends.
  private void asksForMoreLog() {
    try (Connection connection = cluster.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_switch_wal()");
    } catch (SQLException full) {
      // that is what was wanted
    }
  }

  private void creates(String thirdParty, String label) throws IOException {
    Api.Answer answer = cluster.api().post(thirdParty + "/tokens", Map.of("label", label));
    if (answer.status() != 201) {
      answer.is(503);
      refused++;
      return;
    }
    JsonObject token = answer.json();
    acknowledged.add(token.getString("id"));
    created.add(
        new Watched(
            Kind.SELDOM,
            token.getString("id"),
            thirdParty + "/tokens/" + token.getString("id"),
            token.getString("token"),
            null));
  }

  // That it is not lost is seen by the referee and in the end.
  private void deactivates(Watched token) {
    if (cluster.revokes(token)) {
      deactivated++;
    } else {
      refused++;
    }
  }

  /** Has PostgreSQL started again when it ended, as an operator does; what it did. */
  private String mended() throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < end) {
      try (Connection connection = cluster.database().connect()) {
        return connection.isValid(5) ? "went on" : "hung";
      } catch (SQLException notYet) {
        LockSupport.parkNanos(100_000_000);
      }
    }
    cluster.database().isKilled();
    cluster.database().isStartedAgain();
    return "ended, was started again";
  }
}
