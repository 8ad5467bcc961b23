package dev.latchkey.bench;

import static dev.latchkey.bench.Report.number;

import dev.latchkey.bench.Wrk.Load;
import dev.latchkey.it.server.ServerKind;
import dev.latchkey.it.server.ServerProcess;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a whole server gives: the same endpoint open, behind a filter that does nothing, behind ours
 * and behind Spring Security, in one Payara Micro, asked from outside in turn. The server has one
 * processor and the driver another, so that what a request takes of the one is what it costs. What
 * the compiler made of it differs from process to process, so there are several, one by one.
 *
 * @param folder for what is only needed meanwhile; Payara Micro lies beside it
 */
record ServerReport(boolean smoke, Path folder, Installation installation) {

  private static final double LEAST = 0.97;
  private static final int SERVERS = 3;
  private static final int ROUNDS = 8;
  private static final int SECONDS = 2;
  private static final int WARM_UPS = 2;
  private static final int WARM_UP_SECONDS = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Map<String, String> TITLES =
      Map.of(
          "/open", "no filter",
          "/empty", "a filter that does nothing",
          "/latchkey", "Latchkey",
          "/spring", "Spring Security, as documented");

  /**
   * What was measured in a round.
   *
   * @param micros of a processor, that the server took for a request
   */
  private record Round(Load load, double micros) {}

  List<String> lines() throws IOException, InterruptedException {
    Path payara = folder.resolveSibling("payara");
    Path site = Files.createDirectories(folder.resolve("server"));
    Map<String, Path> wars =
        new ServerWars(site, payara.resolve("filter.war"), installation).written();
    List<String> contexts = List.copyOf(wars.keySet());
    Map<String, List<Round>> rounds = new HashMap<>();
    for (int i = 0; i < (smoke ? 1 : SERVERS); i++) {
      int port = Site.freePort();
      try (ServerProcess server =
          ServerKind.PAYARA_MICRO.start(
              new Site(
                  payara,
                  site,
                  site,
                  Path.of(System.getProperty("java.home")),
                  port,
                  // As a server of one's own is started, and not as those of the tests.
                  Map.of("JAVA_TOOL_OPTIONS", "-Xms512m"),
                  wars,
                  "512m"))) {
        for (String context : contexts) {
          await(uri(port, context), installation.active().get(0), 200);
          boolean open = "/open".equals(context) || "/empty".equals(context);
          await(uri(port, context), null, open ? 200 : 401);
        }
        keepOnOneProcessor(server);
        measure(server, port, contexts, rounds);
        System.out.println("the server held " + server.peakMebibytes() + " MiB at most");
      }
    }
    return table(contexts, rounds);
  }

  private static void keepOnOneProcessor(ServerProcess server)
      throws IOException, InterruptedException {
    int last = Runtime.getRuntime().availableProcessors() - 1;
    Process taskset =
        new ProcessBuilder("taskset", "-acp", String.valueOf(last), String.valueOf(server.pid()))
            .redirectErrorStream(true)
            .start();
    String said = new String(taskset.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (taskset.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  private void measure(
      ServerProcess server, int port, List<String> contexts, Map<String, List<Round>> rounds)
      throws IOException {
    Wrk wrk = new Wrk(folder, installation.active());
    for (int i = 0; i < (smoke ? 1 : WARM_UPS); i++) {
      for (String context : contexts) {
        wrk.load(uri(port, context), smoke ? 1 : WARM_UP_SECONDS);
      }
    }
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    List<String> turns = new ArrayList<>(contexts);
    for (int i = 0; i < (smoke ? 1 : ROUNDS); i++) {
      for (String context : turns) {
        Duration before = process.info().totalCpuDuration().orElseThrow();
        Load load = wrk.load(uri(port, context), smoke ? 1 : SECONDS);
        Duration taken = process.info().totalCpuDuration().orElseThrow().minus(before);
        Round round = new Round(load, taken.toNanos() / 1e3 / load.answers());
        System.out.println(context + " " + round);
        rounds.computeIfAbsent(context, none -> new ArrayList<>()).add(round);
      }
      // Nobody is always the first.
      Collections.rotate(turns, 1);
    }
  }

  private static List<String> table(List<String> contexts, Map<String, List<Round>> rounds) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| one Payara Micro | requests per second | × no filter | processor, a request |"
            + " over no filter | p50 | p99 |");
    lines.add("| --- | --: | --: | --: | --: | --: | --: |");
    double open = median(rounds, "/open", round -> round.load.perSecond());
    double openMicros = median(rounds, "/open", Round::micros);
    for (String context : contexts) {
      double perSecond = median(rounds, context, round -> round.load.perSecond());
      double micros = median(rounds, context, Round::micros);
      lines.add(
          "| "
              + TITLES.get(context)
              + " | "
              + number(Math.rint(perSecond))
              + " | "
              + number(perSecond / open)
              + " | "
              + tenths(micros)
              + " µs | "
              + tenths(micros - openMicros)
              + " µs | "
              + number(median(rounds, context, round -> round.load.p50()))
              + " ms | "
              + number(median(rounds, context, round -> round.load.p99()))
              + " ms |");
    }
    double latchkey = median(rounds, "/latchkey", round -> round.load.perSecond());
    double ratio = latchkey / open;
    double empty = median(rounds, "/empty", round -> round.load.perSecond());
    lines.add("");
    lines.add(
        "Goal: with our filter at least "
            + number(LEAST)
            + " × the throughput without one: "
            + number(ratio)
            + ", "
            + (ratio >= LEAST ? "reached" : "**not reached**")
            + "; "
            + number(latchkey / empty)
            + " × that with a filter that does nothing. Rounds without a filter differ among"
            + " themselves by up to "
            + number(100 * spread(rounds, "/open"))
            + " %. "
            + Wrk.connections()
            + " connections; "
            + Runtime.getRuntime().availableProcessors()
            + " processors.");
    return lines;
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static double spread(Map<String, List<Round>> rounds, String context) {
    double[] sorted = sorted(rounds, context, round -> round.load.perSecond());
    return sorted[sorted.length - 1] / sorted[0] - 1;
  }

  private static double median(
      Map<String, List<Round>> rounds, String context, ToDoubleFunction<Round> figure) {
    double[] sorted = sorted(rounds, context, figure);
    return sorted[sorted.length / 2];
  }

  private static double[] sorted(
      Map<String, List<Round>> rounds, String context, ToDoubleFunction<Round> figure) {
    return Objects.requireNonNull(rounds.get(context)).stream()
        .mapToDouble(figure)
        .sorted()
        .toArray();
  }

  private static URI uri(int port, String context) {
    return URI.create("http://127.0.0.1:" + port + context + "/small");
  }

  private static void await(URI uri, @Nullable String token, int expected)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpClient client = HttpClient.newHttpClient();
    long start = System.nanoTime();
    int status;
    do {
      LockSupport.parkNanos(PAUSE.toNanos());
      status = status(client, request.build());
    } while (status != expected && System.nanoTime() - start < PATIENCE.toNanos());
    if (status != expected) {
      throw new IOException(uri + " answers " + status);
    }
  }

  // 0 when it does not answer: it may have much else to do while it starts.
  private static int status(HttpClient client, HttpRequest request) throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException notYet) {
      return 0;
    }
  }
}
