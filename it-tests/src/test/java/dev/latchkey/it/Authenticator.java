package dev.latchkey.it;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An authenticator app (RFC 6238). Immutable. */
record Authenticator(String secret) {

  private static final int SECRET_BYTES = 20;

  /** The code that it shows now. */
  String code() {
    return code(0);
  }

  /** The code that it shows so many steps from now. */
  String code(int stepsAhead) {
    long step = Instant.now().getEpochSecond() / 30 + stepsAhead;
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(decoded(), "HmacSHA1"));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      int number = ByteBuffer.wrap(hash).getInt(hash[hash.length - 1] & 0xf) & Integer.MAX_VALUE;
      return String.format(Locale.ROOT, "%06d", number % 1_000_000);
    } catch (GeneralSecurityException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  private byte[] decoded() {
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < secret.length(); i++) {
      char c = secret.charAt(i);
      number = number.shiftLeft(5).or(BigInteger.valueOf(c < 'A' ? c - '2' + 26 : c - 'A'));
    }
    byte[] bytes = number.toByteArray();
    byte[] decoded = new byte[SECRET_BYTES];
    int length = Math.min(SECRET_BYTES, bytes.length);
    System.arraycopy(bytes, bytes.length - length, decoded, SECRET_BYTES - length, length);
    return decoded;
  }

  @Override
  public String toString() {
    return "Authenticator[…]";
  }
}
