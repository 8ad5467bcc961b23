package dev.latchkey.filter;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request: as the container dispatches on it, as it is compared with rules, and
 * whether it is spelt in a way that the two could be read differently.
 */
final class RequestPath {

  private static final boolean[] PLAIN = plainCharacters();

  private RequestPath() {}

  /** Servlet path and path info: decoded, normalised, without path parameters. */
  static String dispatched(HttpServletRequest request) {
    String servletPath = request.getServletPath();
    @Nullable String pathInfo = request.getPathInfo();
    return pathInfo == null ? servletPath : servletPath + pathInfo;
  }

  /** The path that an include reaches; the request itself keeps that of the page around it. */
  static String included(HttpServletRequest request) {
    Object servletPath = request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH);
    Object pathInfo = request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO);
    if (servletPath == null) {
      // By a servlet's name, which is no path.
      return dispatched(request);
    }
    return pathInfo == null ? servletPath.toString() : servletPath.toString() + pathInfo;
  }

  /**
   * Whether a raw request URI is spelt so that somebody behind us could read another path in it
   * than the container: an encoded separator, NUL or control character, a backslash, a dot segment,
   * something encoded twice, or what is no escape at all. Such a path is nobody's by accident.
   */
  static boolean ambiguous(String uri) {
    return !plain(uri) && ambiguousWhenLookedAt(uri);
  }

  /**
   * Whether a raw request URI has only characters in it that can be read in one way, wherever they
   * stand: it is not ambiguous then, and without parameters. Run for every request.
   */
  static boolean plain(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c >= PLAIN.length || !PLAIN[c]) {
        return false;
      }
    }
    return true;
  }

  // Letters, digits, and what of the rest can't be read in two ways wherever it stands.
  private static boolean[] plainCharacters() {
    boolean[] plain = new boolean[128];
    for (char c = 0; c < plain.length; c++) {
      plain[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "/-_~".indexOf(c) >= 0;
    }
    return plain;
  }

  private static boolean ambiguousWhenLookedAt(String uri) {
    int segment = 0;
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '/') {
        if (dots(uri, segment, i)) {
          return true;
        }
        segment = i + 1;
      } else if (c == '%') {
        if (ambiguousEscape(uri, i)) {
          return true;
        }
        i += 2;
      } else if (c == '\\' || c == '#' || c <= ' ' || c == 0x7f) {
        return true;
      }
    }
    return dots(uri, segment, uri.length());
  }

  private static boolean ambiguousEscape(String uri, int at) {
    int octet = octet(uri, at);
    return switch (octet) {
      // no escape; an overlong form of an ASCII character (RFC 3629 §3)
      case -1, 0xc0, 0xc1 -> true;
      case '/', '\\', 0x7f -> true;
      case '%' -> octet(uri, at + 2) >= 0;
      default -> octet < ' ';
    };
  }

  // "." or "..", also encoded, also with path parameters.
  private static boolean dots(String uri, int from, int to) {
    int dots = 0;
    int i = from;
    while (i < to) {
      char c = uri.charAt(i);
      if (c == ';') {
        break;
      }
      boolean dot = c == '.';
      boolean encodedDot = c == '%' && octet(uri, i) == '.';
      if (!dot && !encodedDot) {
        return false;
      }
      dots++;
      i += dot ? 1 : 3;
    }
    return dots == 1 || dots == 2;
  }

  private static int octet(String uri, int at) {
    int high = hex(uri, at + 1);
    int low = hex(uri, at + 2);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static int hex(String uri, int at) {
    if (at >= uri.length()) {
      return -1;
    }
    char c = uri.charAt(at);
    return c < 0x7f ? Character.digit(c, 16) : -1;
  }

  /**
   * The form in which paths are compared with rules: small letters, no empty segments, no dots and
   * spaces at the end of a segment, no slash at the end. Whatever variant of a path a container or
   * a file system takes for the same resource, the rule for that resource holds.
   */
  static String canonical(String path) {
    if (isCanonical(path)) {
      return path;
    }
    StringBuilder canonical = new StringBuilder(path.length());
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 ? path.length() : slash;
      int to = end;
      while (to > from && (path.charAt(to - 1) == '.' || path.charAt(to - 1) == ' ')) {
        to--;
      }
      if (to > from) {
        canonical.append('/');
        for (int i = from; i < to; i++) {
          canonical.append(small(path.charAt(i)));
        }
      }
      from = end + 1;
    }
    return canonical.isEmpty() ? "/" : canonical.toString();
  }

  private static boolean isCanonical(String path) {
    int length = path.length();
    if (length == 0 || path.charAt(0) != '/') {
      return false;
    }
    char before = 'x';
    for (int i = 0; i < length; i++) {
      char c = path.charAt(i);
      boolean ended = c == '/' && i > 0;
      if (c != small(c) || ended && (before == '/' || before == '.' || before == ' ')) {
        return false;
      }
      before = c;
    }
    return length == 1 || before != '/' && before != '.' && before != ' ';
  }

  private static char small(char c) {
    return c < 0x80 ? (c >= 'A' && c <= 'Z' ? (char) (c + 32) : c) : Character.toLowerCase(c);
  }

  /**
   * The path that somebody reads who takes path parameters out of the request URI by himself, as
   * JAX-RS does; null when there are none. Containers differ in what they make of them.
   */
  static @Nullable String withoutParameters(HttpServletRequest request) {
    String uri = request.getRequestURI();
    if (uri.indexOf(';') < 0) {
      return null;
    }
    String path = withoutEmptySegments(decoded(uri));
    // Some containers answer with the context path as it was spelt.
    String context = withoutEmptySegments(decoded(request.getContextPath()));
    return path.startsWith(context) ? path.substring(context.length()) : path;
  }

  private static String withoutEmptySegments(String path) {
    String single = path;
    while (single.contains("//")) {
      single = single.replace("//", "/");
    }
    return single;
  }

  /** The decoded path of a raw, unambiguous URI, without path parameters. */
  static String decoded(String uri) {
    return decoded(uri, false);
  }

  /**
   * The paths that servers of different kinds read in a raw, unambiguous URI: path parameters taken
   * out, kept as part of the name, or taken for the end.
   */
  static List<String> readings(String uri) {
    int parameters = uri.indexOf(';');
    return parameters < 0
        ? List.of(decoded(uri))
        : List.of(decoded(uri), decoded(uri, true), decoded(uri.substring(0, parameters)));
  }

  private static String decoded(String uri, boolean keepsParameters) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '%') {
        bytes.write(octet(uri, i));
        i += 2;
      } else if (c == ';' && !keepsParameters) {
        int slash = uri.indexOf('/', i);
        i = slash < 0 ? uri.length() : slash - 1;
      } else {
        byte[] encoded = String.valueOf(c).getBytes(StandardCharsets.UTF_8);
        bytes.write(encoded, 0, encoded.length);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
