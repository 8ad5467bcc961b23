package dev.latchkey.core.oauth;

/**
 * An OAuth request is refused. The message is the {@code error_description}: ASCII without {@code
 * "} and {@code \} (RFC 6749 §5.2), and it never repeats what was sent.
 */
public final class OAuthRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final OAuthError error;

  public OAuthRefusedException(OAuthError error, String description) {
    super(description, null, false, false);
    this.error = error;
  }

  public OAuthError error() {
    return error;
  }

  /** The {@code error_description}. */
  public String description() {
    return String.valueOf(getMessage());
  }
}
