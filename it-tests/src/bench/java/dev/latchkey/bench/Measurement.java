package dev.latchkey.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A run of JMH. What is compared is measured in turn, round by round, each time in a process of its
 * own, and the best round counts: whatever else the machine does can only add to a time. A look
 * whether it all runs has no processes of their own, and its figures mean nothing.
 */
record Measurement(boolean smoke, Path folder) {

  private static final int ROUNDS = 2;

  /**
   * What a call takes.
   *
   * @param time of the benchmark's unit
   * @param bytes of garbage
   */
  record Cost(double time, double bytes) {

    Cost over(Cost bare) {
      return new Cost(time - bare.time, bytes - bare.bytes);
    }

    private static Cost better(Cost a, Cost b) {
      return a.time <= b.time ? a : b;
    }
  }

  /** The costs of a benchmark, by peer. */
  Map<String, Cost> of(
      Class<?> benchmark, int threads, List<String> peers, Map<String, String> parameters)
      throws RunnerException, IOException {
    Map<String, Cost> costs = new HashMap<>();
    // Threads of one process may get in each other's way in Caffeine for as long as it runs.
    for (int round = 0; round < (smoke ? 1 : ROUNDS * threads); round++) {
      for (RunResult result : run(benchmark, threads, peers, parameters, round)) {
        Cost cost =
            new Cost(
                best(result),
                Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                    .getScore());
        costs.merge(result.getParams().getParam("peer"), cost, Cost::better);
      }
    }
    return costs;
  }

  // The best second of a round, for the same reason.
  private static double best(RunResult result) {
    return result.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .mapToDouble(second -> second.getPrimaryResult().getScore())
        .min()
        .orElseThrow();
  }

  private Collection<RunResult> run(
      Class<?> benchmark,
      int threads,
      List<String> peers,
      Map<String, String> parameters,
      int round)
      throws RunnerException {
    List<String> name = new ArrayList<>(List.of(benchmark.getSimpleName(), threads + "t"));
    parameters.values().forEach(value -> name.add(value.replaceAll("[^a-z0-9]+", "-")));
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + benchmark.getSimpleName() + "\\.")
            .param("peer", peers.toArray(new String[0]))
            .threads(threads)
            .forks(smoke ? 0 : 1)
            .warmupIterations(smoke ? 1 : 2)
            .measurementIterations(smoke ? 1 : 4)
            .warmupTime(smoke ? TimeValue.milliseconds(100) : TimeValue.seconds(1))
            .measurementTime(smoke ? TimeValue.milliseconds(100) : TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .jvmArgsAppend("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC")
            .resultFormat(ResultFormatType.JSON)
            .result(folder.resolve(String.join("-", name) + "-" + round + ".json").toString());
    parameters.forEach(options::param);
    return new Runner(options.build()).run();
  }
}
