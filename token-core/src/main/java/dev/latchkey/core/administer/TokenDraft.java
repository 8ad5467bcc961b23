package dev.latchkey.core.administer;

import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.token.CertificateThumbprint;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an admin says of a new token; null leaves it to the defaults.
 *
 * @param lifetime how long it lives; not together with {@code expiresAt}
 * @param expiresAt its end; not together with {@code lifetime}
 * @param scopes what it may do; by default all that its third party may
 * @param certificate the client certificate that it is bound to; by default none
 */
public record TokenDraft(
    @Nullable String label,
    @Nullable Lifetime lifetime,
    @Nullable Instant expiresAt,
    @Nullable List<String> scopes,
    @Nullable CertificateThumbprint certificate) {

  /** A token that is bound to no certificate. */
  public TokenDraft(
      @Nullable String label,
      @Nullable Lifetime lifetime,
      @Nullable Instant expiresAt,
      @Nullable List<String> scopes) {
    this(label, lifetime, expiresAt, scopes, null);
  }
}
