package dev.latchkey.filter;

import dev.latchkey.core.Check;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

  private final Supplier<List<Check>> checks;

  Health(Supplier<List<Check>> checks) {
    this.checks = checks;
  }

  /** Whether a request is for a probe. */
  static boolean isAt(String path, HttpServletRequest request) {
    boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
    return reads && (path.equals(LIVE) || path.equals(READY));
  }

  void answer(String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    List<Check> found = path.equals(READY) ? checks.get() : List.of();
    Check.Status all = Check.all(found);
    byte[] body =
        ("{\"status\":\"" + all.text() + "\",\"checks\":[" + list(found) + "]}")
            .getBytes(StandardCharsets.UTF_8);
    response.setStatus(
        all == Check.Status.UP
            ? HttpServletResponse.SC_OK
            : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
  }

  private static String list(List<Check> checks) {
    return checks.stream()
        .map(
            check ->
                "{\"name\":\""
                    + check.name()
                    + "\",\"status\":\""
                    + check.status().text()
                    + "\",\"detail\":\""
                    + escaped(check.detail())
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
