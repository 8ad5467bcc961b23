package dev.latchkey.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes refusals: the status, the challenge of RFC 6750 §3 and a problem document (RFC 9457). The
 * only place that writes {@code WWW-Authenticate}. Nothing of the request comes back in it.
 */
final class Challenge {

  private static final String RETRY_AFTER_SECONDS = "5";

  private final String realm;
  private final @Nullable ResourceMetadata metadata;

  Challenge(String realm, @Nullable ResourceMetadata metadata) {
    this.realm = realm;
    this.metadata = metadata;
  }

  /** Answers with a refusal. */
  void write(Decision.Refused refused, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.resetBuffer();
    response.setStatus(refused.status());
    response.setHeader("Cache-Control", "no-store");
    if (refused.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    } else {
      response.setHeader("WWW-Authenticate", challenge(refused, request));
    }
    byte[] body = body(refused);
    response.setContentType("application/problem+json");
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
    response.flushBuffer();
  }

  private String challenge(Decision.Refused refused, HttpServletRequest request) {
    StringBuilder challenge =
        new StringBuilder(200).append("Bearer realm=\"").append(realm).append('"');
    if (!refused.error().isEmpty()) {
      add(challenge, "error", refused.error());
      add(challenge, "error_description", refused.description());
    }
    if (!refused.scope().isEmpty()) {
      add(challenge, "scope", refused.scope());
    }
    if (metadata != null) {
      add(challenge, "resource_metadata", metadata.url(request));
    }
    return challenge.toString();
  }

  private static void add(StringBuilder challenge, String name, String value) {
    challenge.append(", ").append(name).append("=\"").append(value).append('"');
  }

  private static byte[] body(Decision.Refused refused) {
    String error = refused.error().isEmpty() ? "" : ",\"error\":\"" + refused.error() + '"';
    String body =
        "{\"type\":\"about:blank\",\"title\":\""
            + title(refused.status())
            + "\",\"status\":"
            + refused.status()
            + ",\"detail\":\""
            + refused.description()
            + '"'
            + error
            + '}';
    return body.getBytes(StandardCharsets.US_ASCII);
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      default -> "Service Unavailable";
    };
  }
}
