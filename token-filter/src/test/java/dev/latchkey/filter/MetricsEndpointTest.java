package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.NodeMetrics;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.thirdparty.MetricsNetworks;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.filter.Fixture.Issued;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What Prometheus reads from the filter WAR: who may, and that each outcome is counted. */
// issue 19.1
class MetricsEndpointTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final Map<String, String> settings =
      new HashMap<>(Map.of("latchkey.filter.rules", "POST /orders/* write"));
  private @Nullable TokenVerifier verifier = latchkey.verifier();
  private @Nullable NodeMetrics node = latchkey.metrics();
  private final Settings read = Fixture.settings(settings);
  private final Gate gate = new Gate(read, () -> verifier);
  private final Guard guard = Guard.of(read, gate, true);
  private final FilterMetrics metrics = new FilterMetrics(() -> node, List::of);
  private final MetricsEndpoint endpoint =
      new MetricsEndpoint(
          MetricsNetworks.configured(read, gate.addresses()), gate, guard.challenge(), metrics);
  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/metrics");
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  MetricsEndpointTest() {
    metrics.add(guard.challenge().counts());
  }

  @Test
  void answersThisMachine() throws Exception {
    endpoint.answer(request, response);
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getContentAsString())
        .contains("# TYPE latchkey_checks_total counter", "latchkey_lookup_seconds_bucket{le=");
  }

  @Test
  void demandsATokenOfOthers() throws Exception {
    request.setRemoteAddr("203.0.113.9");
    endpoint.answer(request, response);
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer ");
    assertThat(response.getContentAsString()).doesNotContain("latchkey_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"latchkey:viewer", "latchkey:operator", "latchkey:admin"})
  void answersATokenThatMayReadTheApi(String scope) throws Exception {
    request.setRemoteAddr("203.0.113.9");
    request.addHeader("Authorization", latchkey.issues(scope).header());
    endpoint.answer(request, response);
    assertThat(response.getStatus()).isEqualTo(200);
  }

  @Test
  void refusesAnotherToken() throws Exception {
    request.setRemoteAddr("203.0.113.9");
    request.addHeader("Authorization", latchkey.issues("latchkey:introspect").header());
    endpoint.answer(request, response);
    assertThat(response.getStatus()).isEqualTo(403);
    assertThat(response.getHeader("WWW-Authenticate")).contains("scope=\"latchkey:viewer\"");
  }

  @Test
  @DisplayName("RFC 8705 §3 a bound token needs its certificate here as well")
  void refusesABoundTokenWithoutItsCertificate() throws Exception {
    CertificateThumbprint certificate = CertificateThumbprint.of(Certificates.CLIENT);
    request.setRemoteAddr("203.0.113.9");
    request.addHeader(
        "Authorization", latchkey.issuesBoundTo(certificate, "latchkey:viewer").header());
    isCounted("certificate", () -> endpoint.answer(request, response));
    assertThat(response.getStatus()).isEqualTo(401);

    MockHttpServletResponse withIt = new MockHttpServletResponse();
    request.setAttribute(
        "jakarta.servlet.request.X509Certificate", new X509Certificate[] {Certificates.CLIENT});
    endpoint.answer(request, withIt);
    assertThat(withIt.getStatus()).isEqualTo(200);
  }

  @Test
  void refusesATokenFromOutsideItsNetworks() throws Exception {
    request.setRemoteAddr("203.0.113.9");
    String elsewhere = latchkey.registers(List.of("latchkey:viewer"), List.of("10.0.0.0/8"));
    request.addHeader("Authorization", latchkey.issues(elsewhere, null).header());
    endpoint.answer(request, response);
    assertThat(response.getStatus()).isEqualTo(401);
  }

  @Test
  void isAtOnePathThatIsRead() {
    assertThat(MetricsEndpoint.isAt("/metrics", new MockHttpServletRequest("HEAD", "/"))).isTrue();
    assertThat(MetricsEndpoint.isAt("/metrics/", new MockHttpServletRequest("GET", "/"))).isFalse();
    assertThat(MetricsEndpoint.isAt("/metrics", new MockHttpServletRequest("POST", "/"))).isFalse();
  }

  @Test
  @DisplayName("each outcome is counted once, by its name, and nothing else")
  void countsEachOutcome() throws Exception {
    Issued active = latchkey.issues();
    Issued expired = latchkey.issues(active.thirdParty(), Duration.ofMinutes(1));
    latchkey.clock.pass(Duration.ofMinutes(2));
    Issued deactivated = latchkey.issues();
    latchkey.deactivates(deactivated);
    Issued elsewhere = latchkey.issues(latchkey.registers(List.of(), List.of("10.0.0.0/8")), null);
    String unknown = active.header().substring(0, 30) + "AAAA" + active.header().substring(34);

    isCounted("active", () -> asks("GET", active.header()));
    isCounted("active", () -> asks("GET", active.header()));
    isCounted("no_credentials", () -> asks("GET", null));
    isCounted("malformed", () -> asks("GET", "Bearer !"));
    isCounted("foreign", () -> asks("GET", "Bearer not-one-of-ours"));
    isCounted("unknown", () -> asks("GET", unknown));
    isCounted("expired", () -> asks("GET", expired.header()));
    isCounted("deactivated", () -> asks("GET", deactivated.header()));
    isCounted("network", () -> asks("GET", elsewhere.header()));
    isCounted("scope", () -> asks("POST", active.header()));
    verifier = null;
    isCounted("unavailable", () -> asks("GET", active.header()));
  }

  @Test
  @DisplayName("the second check of a token is a hit, the first a miss, which asks the database")
  void countsHitsAndMisses() throws Exception {
    Issued token = latchkey.issues();
    long hits = metrics.cacheHits();
    long misses = metrics.cacheMisses();
    long found = metrics.lookups().found();
    long timed = metrics.lookupSeconds().count();

    asks("GET", token.header());
    assertThat(metrics.cacheHits()).isEqualTo(hits);
    assertThat(metrics.cacheMisses()).isEqualTo(misses + 1);
    assertThat(metrics.lookups().found()).isEqualTo(found + 1);
    assertThat(metrics.lookupSeconds().count()).isEqualTo(timed + 1);

    asks("GET", token.header());
    assertThat(metrics.cacheHits()).isEqualTo(hits + 1);
    assertThat(metrics.cacheMisses()).isEqualTo(misses + 1);
  }

  @Test
  void doesNotGoBackWhenUsesAreWritten() throws Exception {
    Issued token = latchkey.issues();
    asks("GET", token.header());
    long active = metrics.checks().getOrDefault("active", 0L);
    long unwritten = metrics.usageUnwritten();

    assertThat(unwritten).isPositive();
    assertThat(latchkey.uses(token)).isEqualTo(1);
    assertThat(metrics.checks()).containsEntry("active", active);
    assertThat(metrics.usageUnwritten()).isZero();
  }

  @Test
  void answersZerosBeforeTheDatabaseIsThere() throws Exception {
    node = null;
    endpoint.answer(request, response);
    assertThat(response.getContentAsString())
        .contains("latchkey_checks_total{outcome=\"active\"} 0")
        .doesNotContain("latchkey_feed_age_seconds");
  }

  @Test
  @DisplayName("no token, name or path is a label")
  void tellsNothingOfTokens() throws Exception {
    Issued token = latchkey.issues();
    asks("GET", token.header());
    endpoint.answer(request, response);
    assertThat(response.getContentAsString())
        .doesNotContain(token.id(), token.thirdParty(), "/orders", "Größe");
  }

  private void isCounted(String outcome, Action action) throws Exception {
    Map<String, Long> expected = new TreeMap<>(metrics.checks());
    expected.merge(outcome, 1L, Long::sum);
    action.run();
    assertThat(new TreeMap<>(metrics.checks())).as(outcome).isEqualTo(expected);
  }

  private void asks(String method, @Nullable String credentials) throws Exception {
    MockHttpServletRequest asked = new MockHttpServletRequest(method, "/orders/1");
    asked.setServletPath("/orders/1");
    if (credentials != null) {
      asked.addHeader("Authorization", credentials);
    }
    if (gate.decide(asked) instanceof Decision.Refused refused) {
      guard.challenge().write(refused, asked, new MockHttpServletResponse());
    }
  }

  private interface Action {
    void run() throws Exception;
  }
}
