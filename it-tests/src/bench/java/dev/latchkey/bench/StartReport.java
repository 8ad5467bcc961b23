package dev.latchkey.bench;

import static dev.latchkey.bench.Report.number;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the filter adds to the start of an application: each time in a process of its own, in turn.
 *
 * @param installation the file in which it is written down
 */
record StartReport(boolean smoke, Path installation) {

  private static final int ROUNDS = 9;
  private static final double MOST_SECONDS = 1.5;

  private record Times(double begun, double answered) {}

  List<String> lines() throws IOException, InterruptedException {
    Map<Start.Kind, List<Times>> all = new EnumMap<>(Start.Kind.class);
    for (int round = 0; round < (smoke ? 1 : ROUNDS); round++) {
      for (Start.Kind kind : Start.Kind.values()) {
        all.computeIfAbsent(kind, none -> new ArrayList<>()).add(started(kind));
      }
    }
    Times pool = median(all, Start.Kind.POOL);
    Times entities = median(all, Start.Kind.ENTITIES);
    Times filter = median(all, Start.Kind.FILTER);
    double seconds = filter.answered / 1000;
    return List.of(
        "| from the call of `init`, in a new process, on PostgreSQL | median |",
        "| --- | --: |",
        "| `init` has returned; the application goes on with its own start | "
            + millis(filter.begun)
            + " |",
        "| the first request with a token is answered | " + millis(filter.answered) + " |",
        "| of that: a pool of connections and one SELECT | " + millis(pool.answered) + " |",
        "| of that: the rest | " + millis(filter.answered - pool.answered) + " |",
        "| not of that: Hibernate, which only the admin WAR starts | "
            + millis(entities.answered - pool.answered)
            + " |",
        "",
        "Goal: at most "
            + number(MOST_SECONDS)
            + " s to the first answer: "
            + number(seconds)
            + " s, "
            + (seconds <= MOST_SECONDS ? "reached." : "**not reached**."));
  }

  private Times started(Start.Kind kind) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.util.logging.config.file="
                    + System.getProperty("java.util.logging.config.file", ""),
                "-classpath",
                System.getProperty("java.class.path"),
                Start.class.getName(),
                kind.name(),
                installation.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(kind + " did not start");
    }
    String[] numbers = said.strip().split(" ", -1);
    return new Times(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
  }

  private static Times median(Map<Start.Kind, List<Times>> all, Start.Kind kind) {
    List<Times> times = Objects.requireNonNull(all.get(kind));
    return new Times(
        median(times.stream().mapToDouble(Times::begun).toArray()),
        median(times.stream().mapToDouble(Times::answered).toArray()));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static String millis(double value) {
    return number(Math.rint(value)) + " ms";
  }
}
