package dev.latchkey.core.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A bearer token as a client sent it: a secret, kept to the byte. Its text is a {@code b64token}
 * (RFC 6750 §2.1), but for one just taken out of a header, which {@link #isWellFormed} says.
 * Immutable; compares in constant time; {@code toString} does not tell it.
 */
public final class BearerToken {

  private static final boolean[] ALLOWED = allowed();

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
    BearerToken token = new BearerToken(text, 0);
    return token.isWellFormed() ? Optional.of(token) : Optional.empty();
  }

  /**
   * What stands in a header from an index to its end, whether it is a {@code b64token} or not: for
   * a verifier, which looks only at what it does not find in memory.
   */
  public static BearerToken unchecked(String header, int from) {
    // What stands behind the token was cut off, and where there is none, that is before it begins.
    return new BearerToken(header, Math.min(from, header.length()));
  }

  static BearerToken minted(String text) {
    return new BearerToken(text, 0);
  }

  /** The secret itself: for the one answer that shows it, and for nothing else. */
  public String reveal() {
    return text.substring(from);
  }

  /**
   * The SHA-256 hash, all that is ever stored: of a token of our format without its id, which is
   * the key that it is stored under; of another token as a whole.
   */
  public TokenHash hash() {
    String whole = reveal();
    int id = TokenFormat.notHashed(whole.length());
    return TokenHash.of(
        id < 0 ? whole : whole.substring(0, id) + whole.substring(id + TokenFormat.NOT_HASHED));
  }

  int length() {
    return text.length() - from;
  }

  char charAt(int index) {
    return text.charAt(from + index);
  }

  /**
   * Writes its bytes up to an index to the beginning of an array that is long enough. Answers
   * whether they are all that it says: false when a character is no byte, so that no such text can
   * pass for a token that has the lower half of it.
   */
  // Deprecated because it drops the high bytes; the answer tells whether there were any.
  @SuppressWarnings("deprecation")
  boolean copyTo(byte[] bytes, int length) {
    text.getBytes(from, from + length, bytes, 0);
    int high = 0;
    for (int i = from; i < from + length; i++) {
      high |= text.charAt(i) >>> Byte.SIZE;
    }
    return high == 0;
  }

  /** Whether its text is a {@code b64token} (RFC 6750 §2.1). */
  public boolean isWellFormed() {
    int end = text.length();
    while (end > from && text.charAt(end - 1) == '=') {
      end--;
    }
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (c >= ALLOWED.length || !ALLOWED[c]) {
        return false;
      }
    }
    return end > from;
  }

  private static boolean[] allowed() {
    boolean[] allowed = new boolean[128];
    for (char c = 0; c < allowed.length; c++) {
      allowed[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~+/".indexOf(c) >= 0;
    }
    return allowed;
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
    return reveal().getBytes(StandardCharsets.UTF_8);
  }
}
