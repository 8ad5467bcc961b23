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
      case EXACT -> new PathPattern(Kind.EXACT, RequestPath.canonical(asItStands.text));
      case PREFIX -> {
        String prefix = RequestPath.canonical(asItStands.text);
        // of a name such as "...", nothing is left
        yield prefix.equals("/") ? of("/*") : new PathPattern(Kind.PREFIX, prefix);
      }
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

  boolean exact() {
    return kind == Kind.EXACT;
  }

  /** The pattern of an exact path and of all that is below it; itself for other kinds. */
  PathPattern withChildren() {
    if (kind != Kind.EXACT) {
      return this;
    }
    return text.equals("/")
        ? new PathPattern(Kind.ALL, "")
        : new PathPattern(
            Kind.PREFIX, text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  /** Whether every path that the other pattern matches is matched by this one. */
  boolean covers(PathPattern other) {
    return switch (kind) {
      case ALL -> true;
      case EXACT -> other.kind == Kind.EXACT && text.equals(other.text);
      case PREFIX -> (other.kind == Kind.EXACT || other.kind == Kind.PREFIX) && matches(other.text);
      case EXTENSION ->
          (other.kind == Kind.EXACT || other.kind == Kind.EXTENSION) && matches(other.text);
    };
  }

  /** Whether there can be a path that both patterns match. */
  boolean meets(PathPattern other) {
    boolean oneIsExact = kind == Kind.EXACT || other.kind == Kind.EXACT;
    boolean oneIsAnExtension = kind == Kind.EXTENSION || other.kind == Kind.EXTENSION;
    return covers(other) || other.covers(this) || oneIsAnExtension && !oneIsExact;
  }

  /** As it stands in a configuration. */
  @Override
  public String toString() {
    return switch (kind) {
      case ALL -> "/*";
      case EXACT -> text;
      case PREFIX -> text + "/*";
      case EXTENSION -> "*" + text;
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
