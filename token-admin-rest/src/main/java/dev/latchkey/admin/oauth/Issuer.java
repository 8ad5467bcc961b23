package dev.latchkey.admin.oauth;

import dev.latchkey.admin.http.PublicAddress;
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
    return configured.orElseGet(() -> PublicAddress.reachedBy(request).toString());
  }
}
