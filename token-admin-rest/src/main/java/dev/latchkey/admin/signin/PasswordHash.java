package dev.latchkey.admin.signin;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Slow hashes of people's passwords: PBKDF2-HMAC-SHA-256 with a salt of its own and the number of
 * rounds that OWASP names (Password Storage Cheat Sheet). Written as {@code
 * pbkdf2-sha256$<rounds>$<salt>$<hash>}, so that the number can grow. Thread-safe.
 */
final class PasswordHash {

  static final int ROUNDS = 600_000;

  private static final String SCHEME = "pbkdf2-sha256";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final SecureRandom random;
  private final int rounds;

  PasswordHash(SecureRandom random, int rounds) {
    this.random = random;
    this.rounds = rounds;
  }

  /** The hash of a password, with a new salt. */
  String of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return SCHEME
        + '$'
        + rounds
        + '$'
        + base64.encodeToString(salt)
        + '$'
        + base64.encodeToString(hash(password, salt, rounds));
  }

  /**
   * Whether a hash was made with fewer rounds than this makes hashes with, or by another scheme.
   */
  boolean isOutdated(String encoded) {
    String[] parts = encoded.split("\\$", -1);
    return parts.length != 4 || !parts[0].equals(SCHEME) || Integer.parseInt(parts[1]) < rounds;
  }

  /** Whether a hash is that of a password. */
  boolean matches(String password, String encoded) {
    String[] parts = encoded.split("\\$", -1);
    if (parts.length != 4 || !parts[0].equals(SCHEME)) {
      return false;
    }
    Base64.Decoder base64 = Base64.getDecoder();
    byte[] expected = base64.decode(parts[3]);
    byte[] actual = hash(password, base64.decode(parts[2]), Integer.parseInt(parts[1]));
    return MessageDigest.isEqual(actual, expected);
  }

  private static byte[] hash(String password, byte[] salt, int rounds) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    } finally {
      spec.clearPassword();
    }
  }
}
