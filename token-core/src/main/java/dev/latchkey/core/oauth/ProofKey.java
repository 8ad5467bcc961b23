package dev.latchkey.core.oauth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Proof Key for Code Exchange (RFC 7636), {@code S256} only (RFC 9700 §2.1.1). */
public final class ProofKey {

  private static final int CHALLENGE_LENGTH = 43;
  private static final int SHORTEST_VERIFIER = 43;
  private static final int LONGEST_VERIFIER = 128;

  private ProofKey() {}

  /** Whether a text is a challenge of the method {@code S256} (RFC 7636 §4.2). */
  public static boolean isChallenge(String text) {
    return text.length() == CHALLENGE_LENGTH
        && text.chars().allMatch(c -> letterOrDigit(c) || c == '-' || c == '_');
  }

  /** Whether a text is a verifier (RFC 7636 §4.1). */
  static boolean isVerifier(String text) {
    return text.length() >= SHORTEST_VERIFIER
        && text.length() <= LONGEST_VERIFIER
        && text.chars().allMatch(c -> letterOrDigit(c) || "-._~".indexOf(c) >= 0);
  }

  /** Whether a verifier is the one that a challenge was made of (RFC 7636 §4.6). */
  static boolean matches(String verifier, String challenge) {
    return MessageDigest.isEqual(
        challengeOf(verifier).getBytes(StandardCharsets.US_ASCII),
        challenge.getBytes(StandardCharsets.US_ASCII));
  }

  private static String challengeOf(String verifier) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  private static boolean letterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
