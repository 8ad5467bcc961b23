package dev.latchkey.core.token;

import java.security.MessageDigest;

/**
 * Compares a token with a hash without allocating: the digest and its two arrays are kept per
 * thread. Thread-safe.
 */
public final class TokenHasher {

  private static final int HASH = 32;

  // Types of the JDK only: what a pooled thread of the server keeps must not hold on to the class
  // loader of the application that we are in.
  private final ThreadLocal<Object[]> scratch =
      ThreadLocal.withInitial(
          () -> new Object[] {TokenHash.sha256(), new byte[TokenFormat.LONGEST], new byte[HASH]});

  /**
   * Whether {@code hash} is the hash of {@code token}, whose id is the one that the hash is stored
   * under, in a time that tells nothing of where they differ. Ours are at most 71 characters long;
   * a longer token is no match, nor is one that is too short or has characters that are no bytes.
   * So what matches the hash of a token that we have generated is that token, and its grammar is
   * known.
   */
  public boolean matches(BearerToken token, TokenHash hash) {
    int length = token.length();
    int id = TokenFormat.notHashed(length);
    if (id < 0 || length > TokenFormat.LONGEST) {
      return false;
    }
    Object[] mine = scratch.get();
    MessageDigest sha256 = (MessageDigest) mine[0];
    byte[] in = (byte[]) mine[1];
    byte[] out = (byte[]) mine[2];
    if (!token.copyTo(in, length)) {
      return false;
    }
    int hashed = length - TokenFormat.NOT_HASHED;
    System.arraycopy(in, id + TokenFormat.NOT_HASHED, in, id, hashed - id);
    sha256.update(in, 0, hashed);
    try {
      sha256.digest(out, 0, HASH);
    } catch (java.security.DigestException outIsLongEnough) {
      throw new IllegalStateException(outIsLongEnough);
    }
    return hash.matches(out);
  }
}
