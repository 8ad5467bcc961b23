package dev.latchkey.admin.console;

import dev.latchkey.admin.http.PublicAddress;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Tells browsers what a page of ours may do: load what this server has, run no script but our
 * files, be in nobody's frame. Whoever answers may say something stricter.
 */
public final class SecurityHeaders extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " object-src 'none'";

  private static final String FEATURES =
      "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(),"
          + " publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

  /** For the container. */
  public SecurityHeaders() {}

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    response.setHeader("Permissions-Policy", FEATURES);
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    if (PublicAddress.of(request).secure()) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000");
    }
    // The API says these itself, and some servers would say them twice.
    if (!request.getServletPath().startsWith("/api/")) {
      response.setHeader("Content-Security-Policy", POLICY);
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setHeader("Referrer-Policy", "no-referrer");
    }
    chain.doFilter(request, response);
  }
}
