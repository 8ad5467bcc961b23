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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a whole server gives: the same endpoint open, behind our filter and behind Spring Security,
 * in one Payara Micro, asked from outside in turn.
 *
 * @param folder for what is only needed meanwhile; Payara Micro lies beside it
 */
record ServerReport(boolean smoke, Path folder, Installation installation) {

  private static final double LEAST = 0.97;
  private static final int ROUNDS = 5;
  private static final int SECONDS = 6;
  private static final int WARM_UP_SECONDS = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Map<String, String> TITLES =
      Map.of(
          "/open", "no check",
          "/latchkey", "Latchkey",
          "/spring", "Spring Security, as documented");

  List<String> lines() throws IOException, InterruptedException {
    Path payara = folder.resolveSibling("payara");
    Path site = Files.createDirectories(folder.resolve("server"));
    Map<String, Path> wars =
        new ServerWars(site, payara.resolve("filter.war"), installation).written();
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
      List<String> contexts = List.copyOf(wars.keySet());
      for (String context : contexts) {
        await(uri(port, context), installation.active().get(0), 200);
        await(uri(port, context), null, "/open".equals(context) ? 200 : 401);
      }
      Map<String, List<Load>> loads = measured(port, contexts);
      System.out.println("the server held " + server.peakMebibytes() + " MiB at most");
      return table(contexts, loads);
    }
  }

  private Map<String, List<Load>> measured(int port, List<String> contexts) throws IOException {
    Wrk wrk = new Wrk(folder, installation.active());
    for (String context : contexts) {
      wrk.load(uri(port, context), smoke ? 1 : WARM_UP_SECONDS);
    }
    Map<String, List<Load>> loads = new HashMap<>();
    List<String> turns = new ArrayList<>(contexts);
    for (int round = 0; round < (smoke ? 1 : ROUNDS); round++) {
      for (String context : turns) {
        Load load = wrk.load(uri(port, context), smoke ? 1 : SECONDS);
        System.out.println(context + " " + load);
        loads.computeIfAbsent(context, none -> new ArrayList<>()).add(load);
      }
      // Nobody is always the first.
      Collections.rotate(turns, 1);
    }
    return loads;
  }

  private List<String> table(List<String> contexts, Map<String, List<Load>> loads) {
    List<String> lines = new ArrayList<>();
    lines.add("| one Payara Micro | requests per second | × no check | p50 | p99 | × no check |");
    lines.add("| --- | --: | --: | --: | --: | --: |");
    double open = median(loads, "/open", Load::perSecond);
    double openP99 = median(loads, "/open", Load::p99);
    for (String context : contexts) {
      double perSecond = median(loads, context, Load::perSecond);
      double p99 = median(loads, context, Load::p99);
      lines.add(
          "| "
              + TITLES.get(context)
              + " | "
              + number(Math.rint(perSecond))
              + " | "
              + number(perSecond / open)
              + " | "
              + number(median(loads, context, Load::p50))
              + " ms | "
              + number(p99)
              + " ms | "
              + number(p99 / openP99)
              + " |");
    }
    double ratio = median(loads, "/latchkey", Load::perSecond) / open;
    lines.add("");
    lines.add(
        "Goal: with our filter at least "
            + number(LEAST)
            + " × the throughput without: "
            + number(ratio)
            + ", "
            + (ratio >= LEAST ? "reached." : "**not reached**.")
            + " The rounds without a check differ among themselves by "
            + number(100 * spread(loads.get("/open")))
            + " %. "
            + Wrk.connections()
            + " connections; "
            + Runtime.getRuntime().availableProcessors()
            + " processors for the server and what drives it.");
    return lines;
  }

  private static double spread(@Nullable List<Load> loads) {
    double[] sorted =
        Objects.requireNonNull(loads).stream().mapToDouble(Load::perSecond).sorted().toArray();
    return sorted[sorted.length - 1] / sorted[0] - 1;
  }

  private static double median(
      Map<String, List<Load>> loads, String context, ToDoubleFunction<Load> figure) {
    double[] values =
        Objects.requireNonNull(loads.get(context)).stream().mapToDouble(figure).toArray();
    Arrays.sort(values);
    return values[values.length / 2];
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
