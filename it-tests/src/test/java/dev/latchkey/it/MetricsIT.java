package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Prometheus reads (contract §8). */
// issue 19.1
@ExtendWith(TestedServer.class)
@Order(16)
@Tag("once")
@DisplayName("Metrics")
class MetricsIT {

  private static final String ADMIN = "/latchkey/metrics";
  private static final String FILTER = "/metrics";

  /** {@code latchkey.filter.trusted-proxies} of {@code jvm.options}. */
  private static final String PROXY = "127.0.0.9";

  private static final Duration SCRAPED = Duration.ofSeconds(30);
  private static final Duration ENDED = Duration.ofSeconds(20);

  private final Latchkey latchkey;
  private final Admin admin;

  MetricsIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @ParameterizedTest
  @ValueSource(strings = {ADMIN, FILTER})
  void areForThisMachine(String path) {
    Answer answer = latchkey.calls(path).answer().hasStatus(200);
    assertThat(answer.field("Content-Type").replace(" ", "").toLowerCase(java.util.Locale.ROOT))
        .isEqualTo("text/plain;version=0.0.4;charset=utf-8");
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
    latchkey.calls(path).by("HEAD").answer().hasStatus(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {ADMIN, FILTER})
  void areNotForAnAddressBehindAProxy(String path) {
    Answer refused =
        latchkey.calls(path).with("X-Forwarded-For", "203.0.113.9").rawAnswerFrom(PROXY);
    refused.isProblem(401);
    assertThat(refused.field("WWW-Authenticate")).startsWith("Bearer ");
    // Nor for whoever comes through a proxy that is not trusted.
    latchkey.calls(path).with("X-Forwarded-For", "127.0.0.1").answer().isProblem(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {ADMIN, FILTER})
  void areForATokenOfAViewer(String path) {
    Call call = latchkey.calls(path).with("X-Forwarded-For", "203.0.113.9");
    call.with(admin.issuesTokenFor("latchkey:viewer")).rawAnswerFrom(PROXY).hasStatus(200);
    call.with(admin.issuesTokenFor("sample:write")).rawAnswerFrom(PROXY).isProblem(403);
    call.bearing("not-one-of-ours").rawAnswerFrom(PROXY).isProblem(401);
    call.with("Authorization", "Bearer ").rawAnswerFrom(PROXY).isProblem(400);
  }

  @Test
  void areOnlyRead() {
    Answer answer = latchkey.calls(ADMIN).by("POST").answer().isProblem(405);
    assertThat(answer.field("Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  @DisplayName("each outcome of a real check is counted")
  void countEachOutcome() {
    Token token = admin.issuesTokenFor("sample:write");
    Call call = latchkey.calls("/sample/whoami");
    Token off = admin.registers("Off").addsToken();
    off.isDeactivated();
    ThirdParty party = admin.registers("Disabled");
    Token disabled = party.addsToken();
    party.isDisabled();
    Token elsewhere =
        admin
            .registers("Elsewhere", Map.of("allowedNetworks", List.of("203.0.113.0/24")))
            .addsToken();
    Token brief = admin.registers("Brief").addsToken(Map.of("lifetime", "PT1S"));
    Eventually.within(ENDED, "it is expired", () -> call.with(brief).gets(401));

    isCounted("active", () -> call.with(token).isAdmitted());
    isCounted("no_credentials", () -> call.answer().isProblem(401));
    isCounted("malformed", () -> call.with("Authorization", "Bearer !").answer().isProblem(400));
    isCounted("foreign", () -> call.bearing("not-one-of-ours").isRefused());
    isCounted("deactivated", () -> call.with(off).isRefused());
    isCounted("third_party_disabled", () -> call.with(disabled).isRefused());
    isCounted("network", () -> call.with(elsewhere).isRefused());
    isCounted("expired", () -> call.with(brief).isRefused());
    isCounted(
        "scope", () -> latchkey.calls("/sample/reports/x").with(token).answer().isProblem(403));
  }

  @Test
  void countWhatIsInTheDatabase() {
    String text = text(ADMIN);
    assertThat(value(text, "latchkey_tokens{state=\"active\"}")).isPositive();
    assertThat(value(text, "latchkey_third_parties{enabled=\"true\"}")).isPositive();
    assertThat(value(text, "latchkey_audit_events_total")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {ADMIN, FILTER})
  void haveTheNamesOfTheContract(String path) {
    assertThat(text(path))
        .contains(
            "latchkey_checks_total{outcome=\"active\"}",
            "latchkey_checks_total{outcome=\"unavailable\"}",
            "latchkey_lookups_total{result=\"found\"}",
            "latchkey_lookup_seconds_bucket{le=\"+Inf\"}",
            "latchkey_cache_requests_total{result=\"hit\"}",
            "latchkey_cache_entries{kind=\"active\"}",
            "latchkey_feed_age_seconds ",
            "latchkey_feed_position ",
            "latchkey_usage_unwritten ",
            "latchkey_build_info{version=\"")
        .doesNotContain("version=\"unknown\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {ADMIN, FILTER})
  @DisplayName("promtool finds nothing wrong")
  void passPromtool(String path) throws IOException, InterruptedException {
    Process promtool;
    try {
      promtool =
          new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
    } catch (IOException missing) {
      assumeTrue(false, "promtool is not installed");
      return;
    }
    try (var in = promtool.getOutputStream()) {
      in.write(text(path).getBytes(StandardCharsets.UTF_8));
    }
    String found = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(found).isZero();
  }

  @Test
  @DisplayName("a real Prometheus scrapes both")
  void areScrapedByPrometheus(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
          - job_name: admin
            metrics_path: %s
            static_configs: [{targets: ["127.0.0.1:%d"]}]
          - job_name: filter
            metrics_path: %s
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(
                ADMIN,
                latchkey.installation().portOf(ADMIN),
                FILTER,
                latchkey.installation().portOf(FILTER)));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process prometheus;
    try {
      prometheus =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + config,
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
    } catch (IOException missing) {
      assumeTrue(false, "prometheus is not installed");
      return;
    }
    try {
      String both = "count(latchkey_build_info * on(job, instance) up == 1) == 2";
      Eventually.within(SCRAPED, "both are scraped", () -> isTrue(port, both));
      Eventually.within(
          SCRAPED,
          "the histogram is one",
          () -> isTrue(port, "latchkey_lookup_seconds_count{job='filter'} >= 0"));
    } finally {
      prometheus.destroyForcibly();
    }
  }

  private static boolean isTrue(int port, String query) {
    URI uri =
        URI.create(
            "http://127.0.0.1:"
                + port
                + "/api/v1/query?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
    try (InputStream answer = uri.toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8).contains("\"value\":");
    } catch (IOException notYet) {
      return false;
    }
  }

  private void isCounted(String outcome, Runnable check) {
    String series = "latchkey_checks_total{outcome=\"" + outcome + "\"}";
    double before = value(text(FILTER), series);
    check.run();
    assertThat(value(text(FILTER), series)).as(series).isEqualTo(before + 1);
  }

  private String text(String path) {
    return latchkey.calls(path).answer().hasStatus(200).body();
  }

  private static double value(String text, String series) {
    return text.lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series + " in " + text));
  }
}
