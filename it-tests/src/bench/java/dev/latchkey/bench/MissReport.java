package dev.latchkey.bench;

import static dev.latchkey.bench.Report.number;

import dev.latchkey.bench.Measurement.Cost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.runner.RunnerException;

/** What a check takes that asks the database, beside the same {@code SELECT} by plain JDBC. */
record MissReport(Measurement measurement, Path postgres) {

  private static final List<Peer> PEERS =
      List.of(Peer.SELECT, Peer.LATCHKEY, Peer.SPRING_SECURITY_FILTER, Peer.PAC4J, Peer.SHIRO);

  List<String> lines() throws RunnerException, IOException {
    List<String> peers = PEERS.stream().map(Enum::name).toList();
    Map<String, Cost> h2 = measurement.of(MissBenchmark.class, 1, peers, Map.of("database", "h2"));
    Map<String, Cost> postgresql =
        measurement.of(MissBenchmark.class, 1, peers, Map.of("database", postgres.toString()));
    List<String> lines = new ArrayList<>();
    lines.add("| a token not in memory | H2, in memory | PostgreSQL | × one SELECT | garbage |");
    lines.add("| --- | --: | --: | --: | --: |");
    double select = time(postgresql, "SELECT");
    for (Peer peer : PEERS) {
      lines.add(
          "| "
              + peer.title
              + " | "
              + number(time(h2, peer.name()))
              + " µs | "
              + number(time(postgresql, peer.name()))
              + " µs | "
              + number(time(postgresql, peer.name()) / select)
              + " | "
              + number(Math.rint(Objects.requireNonNull(postgresql.get(peer.name())).bytes()))
              + " B |");
    }
    double ratio = time(postgresql, "LATCHKEY") / select;
    lines.add("");
    lines.add(
        "Goal: on PostgreSQL at most 1.3 × one prepared SELECT by plain JDBC on the same kind of"
            + " pool: "
            + number(ratio)
            + ", "
            + (ratio <= 1.3 ? "reached." : "**not reached**."));
    return lines;
  }

  private static double time(Map<String, Cost> costs, String peer) {
    return Objects.requireNonNull(costs.get(peer)).time();
  }
}
