package dev.latchkey.admin.signin;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of an authenticator app and its codes: TOTP (RFC 6238) of six digits, HMAC-SHA-1 and
 * 30 seconds, which is what all such apps know. Immutable; does not tell the secret.
 */
final class Totp {

  /** How many digits a code has. */
  static final int DIGITS = 6;

  private static final int SECRET_BYTES = 20;
  private static final int STEP_SECONDS = 30;
  private static final int MODULUS = 1_000_000;
  private static final int BITS_PER_LETTER = 5;

  // RFC 4648 §6.
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final byte[] secret;

  Totp(byte[] secret) {
    this.secret = secret.clone();
  }

  /** A new one: 160 bits, as RFC 4226 §4 recommends. */
  static Totp random(SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new Totp(secret);
  }

  /** What {@link #text} has written. */
  static Totp of(String text) {
    byte[] secret = new byte[text.length() * BITS_PER_LETTER / Byte.SIZE];
    int bits = 0;
    int count = 0;
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      bits = bits << BITS_PER_LETTER | LETTERS.indexOf(text.charAt(i));
      count += BITS_PER_LETTER;
      if (count >= Byte.SIZE) {
        count -= Byte.SIZE;
        secret[written++] = (byte) (bits >> count);
      }
    }
    return new Totp(secret);
  }

  /** The secret in Base32 (RFC 4648 §6), for a person to type; 20 bytes need no padding. */
  String text() {
    return base32(secret);
  }

  /** Bytes in Base32; their number is a multiple of five. */
  static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int count = 0;
    for (byte each : bytes) {
      bits = bits << Byte.SIZE | each & 0xff;
      count += Byte.SIZE;
      while (count >= BITS_PER_LETTER) {
        count -= BITS_PER_LETTER;
        text.append(LETTERS.charAt(bits >> count & 0x1f));
      }
    }
    return text.toString();
  }

  /** The address that authenticator apps take (the Key URI Format of Google Authenticator). */
  String uri(String user) {
    String name = URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");
    return "otpauth://totp/Latchkey:"
        + name
        + "?secret="
        + text()
        + "&issuer=Latchkey&algorithm=SHA1&digits="
        + DIGITS
        + "&period="
        + STEP_SECONDS;
  }

  /**
   * The time step of a code, when it is the one of now, of the step before or of the next (RFC 6238
   * §5.2).
   *
   * @param after the step of the last code that was used: an older code is no good any more
   */
  OptionalLong stepOf(String code, Instant now, long after) {
    long present = Math.floorDiv(now.getEpochSecond(), STEP_SECONDS);
    OptionalLong found = OptionalLong.empty();
    // All three, so that the time of the answer does not tell which.
    for (long step = present - 1; step <= present + 1; step++) {
      boolean same =
          MessageDigest.isEqual(
              code(step).getBytes(StandardCharsets.UTF_8), code.getBytes(StandardCharsets.UTF_8));
      if (same && step > after) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }

  // RFC 4226 §5.3
  private String code(long step) {
    byte[] hash = hmac(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    int offset = hash[hash.length - 1] & 0xf;
    int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7fff_ffff;
    String digits = Integer.toString(number % MODULUS);
    return "0".repeat(DIGITS - digits.length()) + digits;
  }

  private byte[] hmac(byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret, "HmacSHA1"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Totp totp && MessageDigest.isEqual(secret, totp.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(secret);
  }

  @Override
  public String toString() {
    return "Totp[…]";
  }
}
