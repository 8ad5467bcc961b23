package dev.latchkey.admin.json;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Strong entity tags (RFC 9110 §8.8.3) of two parts: {@code "<version of the row>-<hash of the
 * answer>"}. The whole tag names what was answered, its first part the state that a change is based
 * on. An answer may also change with time and use, which no change is in the way of.
 */
public final class VersionTag {

  private static final int HASH_BYTES = 12;
  private static final int MOST_DIGITS = 18;

  private VersionTag() {}

  /** The tag, with its quotes, of a row of this version that was answered so. */
  public static String of(long version, JsonObject answered) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(answered.toString().getBytes(StandardCharsets.UTF_8));
      return '"'
          + Long.toString(version)
          + '-'
          + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, HASH_BYTES))
          + '"';
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  /**
   * The version in a tag; -1 when it is none of ours. Takes tags of the version alone, which were
   * handed out before, and whatever a proxy that compresses adds ({@code -gzip}).
   *
   * @param opaque what stands between the quotes
   */
  public static long versionOf(String opaque) {
    int end = 0;
    while (end < opaque.length() && opaque.charAt(end) >= '0' && opaque.charAt(end) <= '9') {
      end++;
    }
    boolean ours =
        end > 0 && end <= MOST_DIGITS && (end == opaque.length() || opaque.charAt(end) == '-');
    return ours ? Long.parseLong(opaque.substring(0, end)) : -1;
  }
}
