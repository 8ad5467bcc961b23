package dev.latchkey.admin.oauth;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The issuer's URL, exactly as clients write it (RFC 8414 §2): {@code latchkey.issuer}, or else the
 * URL that the admin WAR is reached by. Immutable.
 */
final class Issuer {

  private final Optional<String> configured;

  Issuer(Settings settings) {
    this.configured = settings.get(Key.ISSUER);
  }

  /** The issuer of whoever sends this request. */
  String of(HttpServletRequest request) {
    return configured.orElseGet(() -> reached(request));
  }

  private static String reached(HttpServletRequest request) {
    String scheme = request.getScheme();
    int port = request.getServerPort();
    boolean usual = port == ("https".equals(scheme) ? 443 : 80);
    return scheme
        + "://"
        + request.getServerName()
        + (usual ? "" : ":" + port)
        + request.getContextPath();
  }
}
