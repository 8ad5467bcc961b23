package dev.latchkey.core.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token as a client sent it: a secret whose text is a {@code b64token} (RFC 6750 §2.1),
 * kept to the byte. Immutable; compares in constant time; {@code toString} does not tell it.
 */
public final class BearerToken {

  // The header that it stands in, to its end: cutting it out would copy it at every request.
  private final String text;
  private final int from;

  private BearerToken(String text, int from) {
    this.text = text;
    this.from = from;
  }

  /**
   * The token of a text, or empty when the text is not {@code 1*( ALPHA / DIGIT / "-" / "." / "_" /
   * "~" / "+" / "/" ) *"="}.
   */
  public static Optional<BearerToken> parse(String text) {
    return Optional.ofNullable(parse(text, 0));
  }

  /**
   * The token that stands in a text from an index to its end, or null when what stands there is not
   * a {@code b64token}.
   */
  public static @Nullable BearerToken parse(String text, int from) {
    return wellFormed(text, from) ? new BearerToken(text, from) : null;
  }

  static BearerToken minted(String text) {
    return new BearerToken(text, 0);
  }

  /** The secret itself: for the one answer that shows it, and for nothing else. */
  public String reveal() {
    return text.substring(from);
  }

  /** The SHA-256 hash, all that is ever stored. */
  public TokenHash hash() {
    return TokenHash.of(reveal());
  }

  int length() {
    return text.length() - from;
  }

  char charAt(int index) {
    return text.charAt(from + index);
  }

  /** Writes its bytes to the beginning of an array that is long enough. */
  // Deprecated because it drops the high bytes; a b64token has none.
  @SuppressWarnings("deprecation")
  void copyTo(byte[] bytes) {
    text.getBytes(from, text.length(), bytes, 0);
  }

  private static boolean wellFormed(String text, int from) {
    int end = text.length();
    while (end > from && text.charAt(end - 1) == '=') {
      end--;
    }
    for (int i = from; i < end; i++) {
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
    return end > from;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BearerToken that && MessageDigest.isEqual(bytes(), that.bytes());
  }

  @Override
  public int hashCode() {
    return reveal().hashCode();
  }

  @Override
  public String toString() {
    return "BearerToken[…]";
  }

  private byte[] bytes() {
    return reveal().getBytes(StandardCharsets.US_ASCII);
  }
}
