package dev.latchkey.bench;

import static dev.latchkey.bench.Report.number;

import dev.latchkey.bench.Measurement.Cost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.runner.RunnerException;

/** What a check takes that needs no database. */
final class CheckReport {

  private static final double MOST_BYTES = 160;

  private final Measurement measurement;
  private final List<String> lines = new ArrayList<>();

  CheckReport(Measurement measurement) {
    this.measurement = measurement;
  }

  List<String> lines() throws RunnerException, IOException {
    List<String> peers =
        Arrays.stream(Peer.values()).filter(peer -> peer != Peer.SELECT).map(Enum::name).toList();
    Map<String, Cost> hit = costs(1, peers, "hit");
    Map<String, Cost> onTwo =
        costs(2, List.of("BARE", "FLOOR", "LATCHKEY", "SPRING_SECURITY_FILTER"), "hit");
    List<String> refusing = peers.stream().filter(peer -> !"FLOOR".equals(peer)).toList();
    Map<String, Cost> foreign = costs(1, refusing, "foreign");
    Map<String, Cost> refused = costs(1, refusing, "refused");
    double floor = over(hit, "FLOOR").time();

    lines.add(
        "| over the bare request | cached token | garbage | × the floor | foreign token | garbage |"
            + " refused token | garbage |");
    lines.add("| --- | --: | --: | --: | --: | --: | --: | --: |");
    for (String peer : peers) {
      if (!"BARE".equals(peer)) {
        Cost cost = over(hit, peer);
        lines.add(
            "| "
                + Peer.valueOf(peer).title
                + " | "
                + nanos(cost)
                + " | "
                + bytes(cost)
                + " | "
                + number(cost.time() / floor)
                + " | "
                + (foreign.containsKey(peer)
                    ? nanos(over(foreign, peer)) + " | " + bytes(over(foreign, peer))
                    : "– | –")
                + " | "
                + (refused.containsKey(peer)
                    ? nanos(over(refused, peer)) + " | " + bytes(over(refused, peer))
                    : "– | –")
                + " |");
      }
    }
    Cost ours = over(hit, "LATCHKEY");
    lines.add("");
    lines.add("| goal | | reached |");
    lines.add("| --- | --: | --- |");
    goal("a cached token, × the floor", ours.time() / floor, 1.5);
    goal(
        "Spring Security's bearer filter alone / ours",
        -over(hit, "SPRING_SECURITY_FILTER").time() / ours.time(),
        -5);
    goal("garbage of a cached token, bytes", Math.rint(ours.bytes()), MOST_BYTES);
    goal("a foreign token, × the floor", over(foreign, "LATCHKEY").time() / floor, 3);
    goal(
        "two threads, × the throughput of one, request included",
        -2 * cost(hit, "LATCHKEY").time() / cost(onTwo, "LATCHKEY").time(),
        -1.9);
    lines.add("");
    lines.add(
        "The bare request takes "
            + nanos(cost(hit, "BARE"))
            + " and "
            + bytes(cost(hit, "BARE"))
            + ". With two threads the floor has "
            + number(2 * cost(hit, "FLOOR").time() / cost(onTwo, "FLOOR").time())
            + " × the throughput of one, Spring Security "
            + number(
                2
                    * cost(hit, "SPRING_SECURITY_FILTER").time()
                    / cost(onTwo, "SPRING_SECURITY_FILTER").time())
            + " ×. "
            + machine());
    return lines;
  }

  private static String machine() {
    return "JDK "
        + Runtime.version()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors.";
  }

  /** A line; negative figures are to be at least what is asked for. */
  private void goal(String what, double is, double most) {
    lines.add(
        "| "
            + what
            + (most < 0 ? ": at least " : ": at most ")
            + number(Math.abs(most))
            + " | "
            + number(Math.abs(is))
            + " | "
            + (is <= most ? "yes" : "**no**")
            + " |");
  }

  private Map<String, Cost> costs(int threads, List<String> peers, String token)
      throws RunnerException, IOException {
    return measurement.of(CheckBenchmark.class, threads, peers, Map.of("token", token));
  }

  private static Cost cost(Map<String, Cost> costs, String peer) {
    return Objects.requireNonNull(costs.get(peer));
  }

  private static Cost over(Map<String, Cost> costs, String peer) {
    return cost(costs, peer).over(cost(costs, "BARE"));
  }

  private static String nanos(Cost cost) {
    return number(Math.rint(cost.time())) + " ns";
  }

  private static String bytes(Cost cost) {
    return number(Math.rint(cost.bytes())) + " B";
  }
}
