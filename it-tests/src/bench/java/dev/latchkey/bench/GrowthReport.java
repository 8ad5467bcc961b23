package dev.latchkey.bench;

import static dev.latchkey.bench.Report.number;

import dev.latchkey.bench.Measurement.Cost;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.administer.ThirdPartyFilter;
import dev.latchkey.core.feed.ChangeFeed;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What becomes slower when an installation grows: each measure on databases of several sizes. */
final class GrowthReport {

  private static final double MOST_TIMES = 1.3;
  private static final double MOST_MILLIS = 10;
  private static final int LISTS = 300;
  private static final int STARTS = 7;
  private static final int OLD_CHANGES = 50_000;
  private static final int PURGED_AT_ONCE = 500;

  private final Measurement measurement;
  private final List<Integer> sizes;
  private final Path plot;

  /**
   * A report to be made.
   *
   * @param sizes numbers of tokens, ascending
   * @param plot the SVG to write
   */
  GrowthReport(Measurement measurement, List<Integer> sizes, Path plot) {
    this.measurement = measurement;
    this.sizes = sizes;
    this.plot = plot;
  }

  /** A database of one size, and what things take there. */
  record Size(
      Crowd crowd,
      double missMicros,
      double selectMicros,
      double startMillis,
      Times tokens,
      Times prefix,
      double statisticsMillis,
      double purgedPerSecond) {}

  /** Milliseconds of calls: half of them take no longer than one, and 99 of 100 than the other. */
  record Times(double median, double p99) {

    static Times of(double[] millis) {
      double[] sorted = millis.clone();
      Arrays.sort(sorted);
      return new Times(sorted[sorted.length / 2], sorted[sorted.length * 99 / 100]);
    }

    @Override
    public String toString() {
      return number(median) + " / " + number(p99) + " ms";
    }
  }

  List<String> lines() throws Exception {
    List<Size> measured = new ArrayList<>();
    try (EmbeddedPostgres postgres = postgres()) {
      List<Crowd> crowds = new ArrayList<>();
      for (int tokens : sizes) {
        String url = Bench.database(postgres, "of_" + tokens);
        crowds.add(Crowd.in(url, "postgres", tokens));
        System.out.println(number(tokens) + " tokens are there");
      }
      for (Crowd crowd : crowds) {
        measured.add(measured(crowd));
      }
    }
    new GrowthPlot(measured).write(plot);
    return table(measured);
  }

  // The memory that its documentation advises for a machine of 8 GB; no WAL of what is loaded.
  private EmbeddedPostgres postgres() throws IOException {
    return EmbeddedPostgres.builder()
        .setPGStartupWait(Duration.ofSeconds(60))
        .setServerConfig("shared_buffers", measurement.smoke() ? "64MB" : "2GB")
        .setServerConfig("wal_level", "minimal")
        .setServerConfig("max_wal_senders", "0")
        .setServerConfig("max_wal_size", "1GB")
        .setServerConfig("autovacuum", "off")
        .start();
  }

  private Size measured(Crowd crowd) throws Exception {
    Installation database = crowd.database();
    Path written = measurement.folder().resolve("crowd-" + crowd.tokens() + ".txt");
    database.write(written);
    Map<String, Cost> miss =
        measurement.of(
            MissBenchmark.class,
            1,
            List.of(Peer.SELECT.name(), Peer.LATCHKEY.name()),
            Map.of("database", written.toString()));
    Files.delete(written);
    double start = startMillis(database);
    try (Administration administration = Installation.open(database.url(), database.user())) {
      analyzeUses(administration);
      Times tokens =
          times(
              i ->
                  administration
                      .tokens()
                      .list(Crowd.thirdParty(thirdParty(crowd, i)), null, page())
                      .items()
                      .size());
      Times prefix =
          times(
              i ->
                  administration
                      .thirdParties()
                      .list(
                          new ThirdPartyFilter("Third Party " + thirdParty(crowd, i), null, null),
                          page())
                      .items()
                      .size());
      double statistics = statisticsMillis(administration);
      return new Size(
          crowd,
          Objects.requireNonNull(miss.get(Peer.LATCHKEY.name())).time(),
          Objects.requireNonNull(miss.get(Peer.SELECT.name())).time(),
          start,
          tokens,
          prefix,
          statistics,
          purgedPerSecond(administration));
    }
  }

  // What autovacuum, which is off here, does within a minute: the look-ups have written down uses,
  // and of a table that it has never seen PostgreSQL would rather read all.
  private static void analyzeUses(Administration administration) {
    administration
        .database()
        .<Boolean>ask(
            connection -> {
              Crowd.execute(connection, "vacuum analyze token_usage");
              return true;
            });
  }

  private static PageRequest page() {
    return new PageRequest(50, null);
  }

  // Another one each time, all over the table.
  private static int thirdParty(Crowd crowd, int i) {
    return (int) (i * 7919L % crowd.thirdParties());
  }

  private static double startMillis(Installation database) throws Exception {
    double[] millis = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      long start = System.nanoTime();
      try (Application application =
          new Application(Peer.LATCHKEY, database, Map.of(), database.active().subList(0, 1))) {
        application.warmUp(true);
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return Times.of(millis).median();
  }

  private static Times times(ToDoubleFunction<Integer> question) {
    double[] millis = new double[LISTS];
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < LISTS; i++) {
        long start = System.nanoTime();
        if (question.applyAsDouble(round * LISTS + i) < 1) {
          throw new IllegalStateException("nothing was found");
        }
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return Times.of(millis);
  }

  private static double statisticsMillis(Administration administration) {
    double[] millis = new double[3];
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      administration.statistics().overview();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    return Times.of(millis).median();
  }

  // As the housekeeping does it: batch by batch, each in a transaction of its own.
  private static double purgedPerSecond(Administration administration) throws SQLException {
    administration
        .database()
        .<Boolean>ask(
            connection -> {
              Crowd.execute(
                  connection,
                  "insert into change_feed (seq, kind, subject, created_at) select n, 'TOKEN',"
                      + " 'abcdefghij', now() - interval '2 days' from generate_series(1, "
                      + OLD_CHANGES
                      + ") n",
                  "update feed_head set seq = " + OLD_CHANGES);
              return true;
            });
    ChangeFeed feed = new ChangeFeed(Clock.systemUTC());
    Instant end = Instant.now();
    int purged = 0;
    long start = System.nanoTime();
    for (int batch = 1; batch > 0; purged += batch) {
      batch = administration.database().transact(em -> feed.purge(em, end, PURGED_AT_ONCE));
    }
    return purged / ((System.nanoTime() - start) / 1e9);
  }

  private List<String> table(List<Size> measured) {
    List<String> lines = new ArrayList<>();
    row(lines, "tokens", measured, size -> number(size.crowd.tokens()));
    lines.add("| --- |" + " --: |".repeat(measured.size()));
    row(lines, "third parties", measured, size -> number(size.crowd.thirdParties()));
    row(lines, "database", measured, size -> number(size.crowd.bytes() / 1e6) + " MB");
    row(lines, "loaded in", measured, size -> number(size.crowd.seconds()) + " s");
    row(lines, "a token not in memory", measured, size -> number(size.missMicros) + " µs");
    row(lines, "one SELECT", measured, size -> number(size.selectMicros) + " µs");
    row(
        lines,
        "start of a filter, warm, to its first answer",
        measured,
        size -> number(size.startMillis) + " ms");
    row(
        lines,
        "list of one third party's tokens, median / p99",
        measured,
        size -> size.tokens.toString());
    row(
        lines,
        "third parties by prefix of the name, median / p99",
        measured,
        size -> size.prefix.toString());
    row(lines, "`GET /stats`", measured, size -> number(size.statisticsMillis) + " ms");
    row(
        lines,
        "old changes deleted per second",
        measured,
        size -> number(Math.rint(size.purgedPerSecond)));
    Size smallest = measured.get(0);
    Size biggest = measured.get(measured.size() - 1);
    double times = biggest.missMicros / smallest.missMicros;
    double slowest = Math.max(biggest.tokens.p99, biggest.prefix.p99);
    lines.add("");
    lines.add("| goal | | reached |");
    lines.add("| --- | --: | --- |");
    lines.add(
        "| a token not in memory, among "
            + number(biggest.crowd.tokens())
            + " / among "
            + number(smallest.crowd.tokens())
            + ": at most "
            + MOST_TIMES
            + " (one SELECT: "
            + number(biggest.selectMicros / smallest.selectMicros)
            + ") | "
            + goal(times, MOST_TIMES));
    lines.add(
        "| first page of a list, among "
            + number(biggest.crowd.thirdParties())
            + " third parties, p99 of the slower of the two: at most "
            + number(MOST_MILLIS)
            + " ms | "
            + goal(slowest, MOST_MILLIS));
    lines.add("");
    lines.add(
        "![Time among so many tokens, over the time among the fewest](" + plot.getFileName() + ")");
    return lines;
  }

  private static String goal(double is, double most) {
    return number(is) + " | " + (is <= most ? "yes" : "**no**") + " |";
  }

  private static void row(
      List<String> lines, String what, List<Size> measured, Function<Size, String> figure) {
    lines.add(
        "| " + what + " | " + String.join(" | ", measured.stream().map(figure).toList()) + " |");
  }
}
