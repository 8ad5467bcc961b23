package dev.latchkey.filter;

import dev.latchkey.core.token.BearerToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * What a request brings in its {@code Authorization} header (RFC 6750 §2.1). Form and query
 * parameters are not looked at (RFC 9700 §4.3.2).
 */
sealed interface Credentials {

  /** Nothing that is meant for us: no header, or another scheme. */
  enum None implements Credentials {
    /** The one. */
    INSTANCE
  }

  /** Several headers, or a scheme that is misspelt. */
  enum Malformed implements Credentials {
    /** The one. */
    INSTANCE
  }

  /** What stands where a bearer token does; the verifier says whether it is one. */
  record Given(BearerToken token) implements Credentials {}

  /** The credentials of a request. */
  static Credentials of(HttpServletRequest request) {
    @Nullable Enumeration<String> headers = request.getHeaders("Authorization");
    if (headers == null || !headers.hasMoreElements()) {
      return None.INSTANCE;
    }
    String header = headers.nextElement();
    return headers.hasMoreElements() ? Malformed.INSTANCE : of(header);
  }

  private static Credentials of(String header) {
    int length = header.length();
    int from = 0;
    while (from < length && header.charAt(from) == ' ') {
      from++;
    }
    // Most write it as RFC 6750 does, and to look without case takes longer.
    if (!header.startsWith("Bearer", from) && !header.regionMatches(true, from, "Bearer", 0, 6)) {
      return None.INSTANCE;
    }
    int token = from + 6;
    if (token < length && header.charAt(token) != ' ') {
      // A scheme that only begins like ours; "Bearer:" or "Bearer,x" is one misspelt.
      return isTokenCharacter(header.charAt(token)) ? None.INSTANCE : Malformed.INSTANCE;
    }
    while (token < length && header.charAt(token) == ' ') {
      token++;
    }
    return new Given(BearerToken.unchecked(withoutSpaceBehind(header), token));
  }

  // RFC 9110 §5.5: it is no part of the value, but Open Liberty leaves it on.
  private static String withoutSpaceBehind(String header) {
    int end = header.length();
    while (end > 0 && (header.charAt(end - 1) == ' ' || header.charAt(end - 1) == '\t')) {
      end--;
    }
    return header.substring(0, end);
  }

  // RFC 9110 §5.6.2
  private static boolean isTokenCharacter(char c) {
    return c < 0x7f && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }
}
