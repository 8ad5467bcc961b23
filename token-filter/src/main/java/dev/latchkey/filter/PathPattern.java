package dev.latchkey.filter;

import java.util.List;

/**
 * A servlet URL pattern (Jakarta Servlet 6.0 §12.2): exact, {@code /prefix/*}, {@code *.extension}
 * or {@code /} for everything.
 */
final class PathPattern {

  private enum Kind {
    ALL,
    EXACT,
    PREFIX,
    EXTENSION
  }

  private final Kind kind;
  private final String text;

  private PathPattern(Kind kind, String text) {
    this.kind = kind;
    this.text = text;
  }

  /** A pattern as it stands. */
  static PathPattern of(String pattern) {
    if (pattern.equals("/*") || pattern.equals("/")) {
      return new PathPattern(Kind.ALL, "");
    }
    if (pattern.startsWith("*.")) {
      return new PathPattern(Kind.EXTENSION, pattern.substring(1));
    }
    return pattern.endsWith("/*")
        ? new PathPattern(Kind.PREFIX, pattern.substring(0, pattern.length() - 2))
        : new PathPattern(Kind.EXACT, pattern);
  }

  /**
   * A pattern of what is let through. {@code /} is the root alone here: as the default servlet's
   * pattern it would open everything to somebody who means his home page.
   */
  static PathPattern exclusion(String pattern) {
    return pattern.equals("/") ? new PathPattern(Kind.EXACT, pattern) : of(pattern);
  }

  /** A pattern for {@link RequestPath#canonical} paths. */
  static PathPattern canonical(String pattern) {
    PathPattern asItStands = of(pattern);
    return switch (asItStands.kind) {
      case ALL -> asItStands;
      case EXACT, PREFIX ->
          new PathPattern(asItStands.kind, RequestPath.canonical(asItStands.text));
      case EXTENSION ->
          new PathPattern(
              Kind.EXTENSION, RequestPath.canonical("/x" + asItStands.text).substring(2));
    };
  }

  boolean everything() {
    return kind == Kind.ALL;
  }

  boolean matches(String path) {
    return switch (kind) {
      case ALL -> true;
      case EXACT -> path.equals(text);
      case PREFIX ->
          path.startsWith(text)
              && (path.length() == text.length() || path.charAt(text.length()) == '/');
      case EXTENSION -> path.endsWith(text);
    };
  }

  static boolean anyMatches(List<PathPattern> patterns, String path) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(path)) {
        return true;
      }
    }
    return false;
  }
}
