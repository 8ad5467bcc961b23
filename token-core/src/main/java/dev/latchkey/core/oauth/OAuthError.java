package dev.latchkey.core.oauth;

import java.util.Locale;

/** The error codes of RFC 6749 §4.1.2.1 and §5.2 that are answered here. */
public enum OAuthError {
  /** RFC 6749 §5.2: a parameter is missing, repeated or otherwise malformed. */
  INVALID_REQUEST,
  /** RFC 6749 §5.2: client authentication failed. */
  INVALID_CLIENT,
  /** RFC 6749 §5.2: the authorization code is invalid, expired, used, or of another client. */
  INVALID_GRANT,
  /** RFC 6749 §5.2: the client is not authorized to use this grant type. */
  UNAUTHORIZED_CLIENT,
  /** RFC 6749 §5.2: the grant type is not supported. */
  UNSUPPORTED_GRANT_TYPE,
  /** RFC 6749 §5.2: the scope is unknown, malformed or exceeds what the client has. */
  INVALID_SCOPE,
  /** RFC 6749 §4.1.2.1: the response type is not supported. */
  UNSUPPORTED_RESPONSE_TYPE,
  /** RFC 6749 §4.1.2.1: the request was refused. */
  ACCESS_DENIED;

  /** The code as it is sent. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
