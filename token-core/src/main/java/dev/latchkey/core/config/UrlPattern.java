package dev.latchkey.core.config;

import java.util.Arrays;

/**
 * The text of a servlet URL pattern (Jakarta Servlet 6.0 §12.2): {@code /api/*}, {@code *.json} or
 * {@code /exact}. It is compared with the decoded path below the context path.
 */
public final class UrlPattern {

  private UrlPattern() {}

  /**
   * Whether a text is a pattern that a request can match. It is not when it has something that no
   * decoded path has (an escape such as {@code %20}, a query, a dot segment, an empty segment, a
   * control character), when it looks like several patterns, or when its characters were lost
   * because the file or the environment was read in another encoding.
   */
  public static boolean allowed(String pattern) {
    return hasForm(pattern)
        && !isTwo(pattern)
        && pattern.codePoints().noneMatch(UrlPattern::barred)
        && !hasEscape(pattern)
        && !hasSegmentThatNoPathHas(pattern);
  }

  private static boolean hasForm(String pattern) {
    if (pattern.startsWith("*.")) {
      return pattern.length() > 2 && pattern.indexOf('/') < 0 && pattern.indexOf('*', 1) < 0;
    }
    int star = pattern.indexOf('*');
    return pattern.startsWith("/")
        && (star < 0 || (star == pattern.length() - 1 && pattern.charAt(star - 1) == '/'));
  }

  private static boolean isTwo(String pattern) {
    return pattern.contains(" /") || pattern.contains(" *.");
  }

  // U+FFFD stands where a byte could not be read.
  private static boolean barred(int c) {
    return "?#;\\".indexOf(c) >= 0
        || Character.isISOControl(c)
        || c == 0xfffd
        || Character.getType(c) == Character.SURROGATE;
  }

  private static boolean hasEscape(String pattern) {
    for (int i = pattern.indexOf('%'); i >= 0; i = pattern.indexOf('%', i + 1)) {
      if (i + 2 < pattern.length()
          && Character.digit(pattern.charAt(i + 1), 16) >= 0
          && Character.digit(pattern.charAt(i + 2), 16) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasSegmentThatNoPathHas(String pattern) {
    return pattern.contains("//")
        || Arrays.stream(pattern.split("/", -1))
            .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
  }
}
