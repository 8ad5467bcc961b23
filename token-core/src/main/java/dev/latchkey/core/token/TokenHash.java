package dev.latchkey.core.token;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The SHA-256 hash of a secret with at least 256 bits of randomness: what is stored in place of a
 * token or client secret. Such a secret can't be guessed, so a fast hash is enough. Immutable;
 * compares in constant time.
 */
public final class TokenHash {

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;

  private TokenHash(ByteBuffer bytes) {
    first = bytes.getLong();
    second = bytes.getLong();
    third = bytes.getLong();
    fourth = bytes.getLong();
  }

  /** The hash of a secret's text. */
  public static TokenHash of(String secret) {
    return ofBytes(sha256().digest(secret.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The hash that was stored as these bytes.
   *
   * @throws IllegalArgumentException when they are not 32
   */
  public static TokenHash ofBytes(byte[] hash) {
    if (hash.length != 32) {
      throw new IllegalArgumentException("a SHA-256 hash has 32 bytes, not " + hash.length);
    }
    return new TokenHash(ByteBuffer.wrap(hash));
  }

  /** The 32 bytes to store; a new array. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(32)
        .putLong(first)
        .putLong(second)
        .putLong(third)
        .putLong(fourth)
        .array();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  /** Whether the hash is these 32 bytes; looks at all of them whatever it finds. */
  boolean matches(byte[] hash) {
    return same(
        (long) BIG_ENDIAN.get(hash, 0),
        (long) BIG_ENDIAN.get(hash, 8),
        (long) BIG_ENDIAN.get(hash, 16),
        (long) BIG_ENDIAN.get(hash, 24));
  }

  private boolean same(long a, long b, long c, long d) {
    return ((first ^ a) | (second ^ b) | (third ^ c) | (fourth ^ d)) == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenHash that
        && same(that.first, that.second, that.third, that.fourth);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first);
  }

  @Override
  public String toString() {
    return "TokenHash[…]";
  }
}
