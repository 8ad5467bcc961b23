package dev.latchkey.admin.metrics;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.problem.ProblemPage;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.admin.startup.AdminStartup;
import dev.latchkey.admin.startup.Services;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.NodeMetrics;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Inventory;
import dev.latchkey.core.metrics.DoorCounts;
import dev.latchkey.core.metrics.PrometheusText;
import dev.latchkey.core.store.Threads;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.ClientCertificate;
import dev.latchkey.core.thirdparty.MetricsNetworks;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.core.verify.Verdict;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The metrics for Prometheus, for the networks of {@code latchkey.metrics.allowed-networks} and for
 * a token with a {@code latchkey:*} role. Answers also while the database is away.
 */
public final class MetricsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final long PATIENCE_MILLIS = 1000;

  private final transient Clock clock = Clock.systemUTC();
  private final transient DoorCounts door = new DoorCounts();
  private transient @Nullable ExecutorService background;
  private transient @Nullable RecentCounts recent;

  /** For the container. */
  public MetricsServlet() {}

  @Override
  public void init() {
    ExecutorService thread = Executors.newSingleThreadExecutor(Threads.daemon("latchkey-metrics"));
    background = thread;
    recent =
        new RecentCounts(
            () ->
                new Inventory(
                        Running.service(getServletContext(), Administration.class).database(),
                        clock)
                    .count(),
            thread,
            Ticker.systemTicker(),
            PATIENCE_MILLIS);
  }

  @Override
  public void destroy() {
    if (background != null) {
      Threads.end(background);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (!ProblemPage.refusesChange(request, response)) {
      super.service(request, response);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    MetricsNetworks networks = Running.configured(getServletContext(), MetricsNetworks.class);
    boolean allowed = networks.contain(request.getRemoteAddr(), request::getHeaders);
    if (!allowed && refused(request, response)) {
      return;
    }
    byte[] body = text().toBytes();
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(PrometheusText.CONTENT_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /** Whether a request has no token that may read the metrics, and is answered so. */
  private boolean refused(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    String header = headers.isEmpty() ? "" : headers.get(0).strip();
    int end = header.indexOf(' ') < 0 ? header.length() : header.indexOf(' ');
    // Another scheme is no credential here, as for the filter.
    if (headers.size() < 2 && !header.substring(0, end).equalsIgnoreCase("Bearer")) {
      door.noCredentials();
      return unauthorized(response, "This needs an access token with the scope latchkey:viewer.");
    }
    Optional<BearerToken> token = BearerToken.parse(header.substring(end).strip());
    if (headers.size() > 1 || token.isEmpty()) {
      door.malformed();
      return problem(response, 400, "There must be one Authorization header with a bearer token.");
    }
    return refused(token.get(), request, response);
  }

  private boolean refused(
      BearerToken token, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Services services = AdminStartup.of(getServletContext()).running();
    TokenVerifier verifier = services == null ? null : services.node().verifier();
    Verdict verdict = verifier == null ? Verdict.Unavailable.INSTANCE : verifier.verify(token);
    if (verifier == null || verdict instanceof Verdict.Unavailable) {
      door.unavailable();
      response.setHeader("Retry-After", "5");
      return problem(response, 503, "The access token can't be checked at the moment. Try again.");
    }
    ClientAddress addresses = Running.configured(getServletContext(), ClientAddress.class);
    String peer = request.getRemoteAddr();
    String address = addresses.of(peer, request::getHeaders);
    if (!(verdict instanceof Grant grant)
        || !verifier.accepts(
            grant,
            address,
            () ->
                ClientCertificate.of(
                    addresses, peer, request::getAttribute, request::getHeaders))) {
      return unauthorized(response, "The access token is not active.");
    }
    if (Role.ofScopes(grant.scopes()).isEmpty()) {
      verifier.refused(grant, RefusalReason.SCOPE);
      return problem(response, 403, "The access token has no scope latchkey:viewer.");
    }
    grant.used(clock.millis(), address);
    return false;
  }

  private static boolean unauthorized(HttpServletResponse response, String detail)
      throws IOException {
    response.setHeader("WWW-Authenticate", "Bearer realm=\"latchkey\"");
    return problem(response, 401, detail);
  }

  private static boolean problem(HttpServletResponse response, int status, String detail)
      throws IOException {
    ProblemPage.write(response, status, detail);
    return true;
  }

  private PrometheusText text() {
    PrometheusText text = new PrometheusText();
    Services services = AdminStartup.of(getServletContext()).running();
    LatchkeyNode node = services == null ? null : services.node();
    NodeMetrics.write(text, node == null ? null : node.metrics(), List.of(door));
    Inventory.Counts counts = node == null || recent == null ? null : recent.get();
    if (counts != null) {
      text.gauge("latchkey_tokens", "Tokens in the database, counted once a minute at most.");
      for (TokenStatus status : TokenStatus.values()) {
        text.sample(
            counts.tokens().getOrDefault(status, 0L), "state", status.toString().replace('-', '_'));
      }
      text.gauge("latchkey_third_parties", "Third parties in the database.")
          .sample(counts.enabledThirdParties(), "enabled", "true")
          .sample(counts.disabledThirdParties(), "enabled", "false");
      text.counter("latchkey_audit_events_total", "Events in the audit trail since the beginning.")
          .sample(counts.auditEvents());
    }
    return text;
  }
}
