package dev.latchkey.filter;

import dev.latchkey.core.LatchkeyNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Probes of our own WAR, for anybody, below {@code /health}. {@code live}: the process answers.
 * {@code ready}: tokens that are not in memory can be checked, and changes are seen; else 503 and
 * why. Asks nobody, so that it answers at once whatever hangs.
 */
final class Health {

  private static final String LIVE = "/health/live";
  private static final String READY = "/health/ready";

  private final Supplier<Map<String, String>> checks;

  Health(Supplier<Map<String, String>> checks) {
    this.checks = checks;
  }

  /** Whether a request is for a probe. */
  static boolean isAt(String path, HttpServletRequest request) {
    boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
    return reads && (path.equals(LIVE) || path.equals(READY));
  }

  void answer(String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Map<String, String> found = path.equals(READY) ? checks.get() : Map.of();
    boolean up = found.values().stream().allMatch(LatchkeyNode.UP::equals);
    byte[] body =
        ("{\"status\":\"" + status(up) + "\",\"checks\":[" + list(found) + "]}")
            .getBytes(StandardCharsets.UTF_8);
    response.setStatus(up ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
  }

  private static String status(boolean up) {
    return up ? LatchkeyNode.UP : "down";
  }

  private static String list(Map<String, String> checks) {
    return checks.entrySet().stream()
        .map(
            check ->
                "{\"name\":\""
                    + check.getKey()
                    + "\",\"status\":\""
                    + status(LatchkeyNode.UP.equals(check.getValue()))
                    + "\",\"detail\":\""
                    + escaped(check.getValue())
                    + "\"}")
        .collect(Collectors.joining(","));
  }

  // RFC 8259 section 7
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escaped.append('\\').append(c);
      } else {
        escaped.append(c < ' ' ? ' ' : c);
      }
    }
    return escaped.toString();
  }
}
