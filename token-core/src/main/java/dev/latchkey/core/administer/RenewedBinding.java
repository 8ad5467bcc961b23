package dev.latchkey.core.administer;

import dev.latchkey.core.token.CertificateThumbprint;
import org.jspecify.annotations.Nullable;

/**
 * Which client certificate a renewed token is bound to. Immutable.
 *
 * @param kept whether it is the certificate of the token that it replaces
 * @param other the certificate when that one is not kept; null for none
 */
public record RenewedBinding(boolean kept, @Nullable CertificateThumbprint other) {

  /** The certificate of the token that is replaced, if that has one. */
  public static final RenewedBinding KEPT = new RenewedBinding(true, null);

  /** Another certificate, or with null none. */
  public static RenewedBinding to(@Nullable CertificateThumbprint certificate) {
    return new RenewedBinding(false, certificate);
  }

  @Nullable CertificateThumbprint after(@Nullable CertificateThumbprint before) {
    return kept ? before : other;
  }
}
