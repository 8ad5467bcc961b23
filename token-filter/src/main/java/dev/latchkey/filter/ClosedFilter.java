package dev.latchkey.filter;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for a filter that can't start, and lets nothing in. Needs no class but the API's, so
 * that it works when others are missing.
 */
final class ClosedFilter implements Filter {

  private static final byte[] BODY =
      ("{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
              + "\"detail\":\"The access token can't be checked at the moment. Try again.\"}")
          .getBytes(StandardCharsets.US_ASCII);

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(response instanceof HttpServletResponse http)) {
      throw new ServletException("not an HTTP request");
    }
    answer(http);
  }

  static void answer(HttpServletResponse response) throws IOException {
    response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Retry-After", "5");
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/problem+json");
    response.setContentLength(BODY.length);
    response.getOutputStream().write(BODY);
  }
}
