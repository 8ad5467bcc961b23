package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.oauth.ServerMetadata;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Authorization server metadata at the place of RFC 8414 §3, which is outside of the admin WAR's
 * context: our own WAR at the root context answers it for {@code latchkey.issuer}. Immutable.
 */
final class IssuerMetadata {

  private final String path;
  private final byte[] body;

  private IssuerMetadata(String issuer) {
    this.path = ServerMetadata.PATH + URI.create(issuer).getRawPath();
    this.body = ServerMetadata.json(issuer).getBytes(StandardCharsets.US_ASCII);
  }

  /** The document for the configured issuer; null when none is configured. */
  static @Nullable IssuerMetadata configured(Settings settings) {
    return settings.get(Key.ISSUER).map(IssuerMetadata::new).orElse(null);
  }

  /** Whether a request is for the document. */
  boolean isAt(String dispatched, HttpServletRequest request) {
    boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
    return reads && dispatched.equals(path);
  }

  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    // A client in a browser may read it: nothing in it is secret.
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setContentType("application/json");
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
  }
}
