package dev.latchkey.core.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A bearer token as a client sent it: a secret whose text is a {@code b64token} (RFC 6750 §2.1),
 * kept to the byte. Immutable; compares in constant time; {@code toString} does not tell it.
 */
public final class BearerToken {

  private final String text;

  private BearerToken(String text) {
    this.text = text;
  }

  /**
   * The token of a text, or empty when the text is not {@code 1*( ALPHA / DIGIT / "-" / "." / "_" /
   * "~" / "+" / "/" ) *"="}.
   */
  public static Optional<BearerToken> parse(String text) {
    return wellFormed(text) ? Optional.of(new BearerToken(text)) : Optional.empty();
  }

  static BearerToken minted(String text) {
    return new BearerToken(text);
  }

  /** The secret itself: for the one answer that shows it, and for nothing else. */
  public String reveal() {
    return text;
  }

  /** The SHA-256 hash, all that is ever stored. */
  public TokenHash hash() {
    return TokenHash.of(text);
  }

  String text() {
    return text;
  }

  private static boolean wellFormed(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '=') {
      end--;
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-'
              || c == '.'
              || c == '~'
              || c == '+'
              || c == '/';
      if (!allowed) {
        return false;
      }
    }
    return end > 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BearerToken that
        && MessageDigest.isEqual(bytes(text), bytes(that.text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "BearerToken[…]";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
