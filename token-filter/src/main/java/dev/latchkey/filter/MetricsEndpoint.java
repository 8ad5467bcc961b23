package dev.latchkey.filter;

import dev.latchkey.core.metrics.PrometheusText;
import dev.latchkey.core.thirdparty.MetricsNetworks;
import dev.latchkey.filter.Decision.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * The metrics of our own WAR for Prometheus, at {@code /metrics}: for the networks of {@code
 * latchkey.metrics.allowed-networks}, and for a token that may read the admin API.
 */
final class MetricsEndpoint {

  private static final String PATH = "/metrics";
  private static final List<String> SCOPES =
      List.of("latchkey:viewer", "latchkey:operator", "latchkey:admin");

  private final MetricsNetworks networks;
  private final Gate gate;
  private final Challenge challenge;
  private final FilterMetrics metrics;

  MetricsEndpoint(MetricsNetworks networks, Gate gate, Challenge challenge, FilterMetrics metrics) {
    this.networks = networks;
    this.gate = gate;
    this.challenge = challenge;
    this.metrics = metrics;
  }

  /** Whether a request is for the metrics. */
  static boolean isAt(String path, HttpServletRequest request) {
    boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
    return reads && path.equals(PATH);
  }

  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!networks.contain(request.getRemoteAddr(), request::getHeaders)) {
      Decision decision = gate.decideByScope(request, SCOPES);
      if (decision instanceof Refused refused) {
        challenge.write(refused, request, response);
        return;
      }
    }
    PrometheusText text = new PrometheusText();
    metrics.write(text);
    byte[] body = text.toBytes();
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(PrometheusText.CONTENT_TYPE);
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
  }
}
