package dev.latchkey.core.usage;

import java.util.Locale;

/** Why a request was refused: for the operator, never for the client. */
public enum RefusalReason {
  /** This installation did not generate the token, or it is mistyped. */
  FOREIGN,
  /** The token carries our tag but is not, or no longer, in the database. */
  UNKNOWN,
  /** The token's time is over. */
  EXPIRED,
  /** An admin switched the token off. */
  DEACTIVATED,
  /** The token's third party is disabled. */
  THIRD_PARTY_DISABLED,
  /** The request came from outside the third party's networks. */
  NETWORK,
  /** The request came without the client certificate that the token is bound to. */
  CERTIFICATE,
  /** The token lacks a scope. */
  SCOPE;

  /** The name in the REST API: {@code third-party-disabled}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
