package dev.latchkey.filter;

import dev.latchkey.core.metrics.DoorCounts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes refusals: the status, the challenge of RFC 6750 §3 and a problem document (RFC 9457). The
 * only place that writes {@code WWW-Authenticate}. Nothing of the request comes back in it.
 */
final class Challenge {

  private static final String RETRY_AFTER_SECONDS = "5";

  private final String scheme;
  private final @Nullable ResourceMetadata metadata;
  private final DoorCounts counts = new DoorCounts();
  private volatile @Nullable Written last;

  Challenge(String realm, @Nullable ResourceMetadata metadata) {
    this.scheme = "Bearer realm=\"" + realm + '"';
    this.metadata = metadata;
  }

  /** The answers so far, as far as the verifier does not count them. */
  DoorCounts counts() {
    return counts;
  }

  /** Answers with a refusal. */
  void write(Decision.Refused refused, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    count(refused);
    response.resetBuffer();
    response.setStatus(refused.status());
    response.setHeader("Cache-Control", "no-store");
    if (refused.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    } else {
      response.setHeader("WWW-Authenticate", challenge(refused, request));
    }
    response.setContentType("application/problem+json");
    response.setContentLength(refused.length());
    if (!"HEAD".equals(request.getMethod())) {
      refused.writeTo(response.getOutputStream());
    }
    response.flushBuffer();
  }

  private void count(Decision.Refused refused) {
    switch (refused.status()) {
      case HttpServletResponse.SC_BAD_REQUEST -> counts.malformed();
      case HttpServletResponse.SC_SERVICE_UNAVAILABLE -> counts.unavailable();
      default -> {
        if (refused == Decision.Refused.NO_CREDENTIALS) {
          counts.noCredentials();
        }
      }
    }
  }

  /** The challenge that was written last, and what for: a flood of refusals gets the same. */
  private record Written(Decision.Refused refused, String url, String challenge) {

    boolean is(Decision.Refused now, String nowUrl) {
      return refused == now && url.equals(nowUrl);
    }
  }

  private String challenge(Decision.Refused refused, HttpServletRequest request) {
    String url = metadata == null ? "" : metadata.url(request);
    Written written = last;
    if (written == null || !written.is(refused, url)) {
      String challenge =
          scheme
              + refused.parameters()
              + (url.isEmpty() ? "" : ", resource_metadata=\"" + url + '"');
      written = new Written(refused, url, challenge);
      last = written;
    }
    return written.challenge;
  }
}
