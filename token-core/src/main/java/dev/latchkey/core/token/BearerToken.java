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

  private static final byte[] NOT_ALLOWED = notAllowed();

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

  /** Writes its bytes up to an index to the beginning of an array that is long enough. */
  // Deprecated because it drops the high bytes; a b64token has none.
  @SuppressWarnings("deprecation")
  void copyTo(byte[] bytes, int length) {
    text.getBytes(from, from + length, bytes, 0);
  }

  // One look into a table for each character and no branch: this is run for every request.
  private static boolean wellFormed(String text, int from) {
    int end = text.length();
    while (end > from && text.charAt(end - 1) == '=') {
      end--;
    }
    int bad = 0;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      bad |= NOT_ALLOWED[c & 0x7f] | c >>> 7;
    }
    return end > from && bad == 0;
  }

  private static byte[] notAllowed() {
    byte[] notAllowed = new byte[128];
    for (char c = 0; c < notAllowed.length; c++) {
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~+/".indexOf(c) >= 0;
      notAllowed[c] = (byte) (allowed ? 0 : 1);
    }
    return notAllowed;
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
