package dev.latchkey.filter;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
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
   * Whether a raw request URI can be read as another path than the container's: an encoded
   * separator, NUL or control character, a backslash, a dot segment, something encoded twice, no
   * escape at all, a character that is no ASCII (RFC 3986 §2), or escapes that are no UTF-8 (RFC
   * 3629 §4).
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
        int octets = unambiguousOctets(uri, i);
        if (octets == 0) {
          return true;
        }
        i += 3 * octets - 1;
      } else if (c == '\\' || c == '#' || c <= ' ' || c >= 0x7f) {
        return true;
      }
    }
    return dots(uri, segment, uri.length());
  }

  /** How many escapes stand for one character here; 0 when it is ambiguous. */
  private static int unambiguousOctets(String uri, int at) {
    int octet = octet(uri, at);
    if (octet >= 0x80) {
      return Utf8.octets(octet, escape(uri, at + 3), escape(uri, at + 6), escape(uri, at + 9));
    }
    boolean ambiguous =
        octet < ' '
            || octet == '/'
            || octet == '\\'
            || octet == 0x7f
            || (octet == '%' && escapeIsLeft(uri, at + 3));
    return ambiguous ? 0 : 1;
  }

  /** Whether what stands here is, once it is decoded, the rest of an escape. */
  private static boolean escapeIsLeft(String uri, int at) {
    int first = decodedAt(uri, at);
    int second = at + width(uri, at);
    if (first == 'u' || first == 'U') {
      // %u002f, which some servers read as well
      int third = second + width(uri, second);
      return isHex(decodedAt(uri, second)) && isHex(decodedAt(uri, third));
    }
    return isHex(first) && isHex(decodedAt(uri, second));
  }

  /** What an escape stands for; -1 where there is none. */
  private static int escape(String uri, int at) {
    return at < uri.length() && uri.charAt(at) == '%' ? octet(uri, at) : -1;
  }

  /** What a character or an escape stands for; -1 behind the end. */
  private static int decodedAt(String uri, int at) {
    if (at >= uri.length()) {
      return -1;
    }
    return uri.charAt(at) == '%' ? octet(uri, at) : uri.charAt(at);
  }

  private static int width(String uri, int at) {
    return at < uri.length() && uri.charAt(at) == '%' ? 3 : 1;
  }

  private static boolean isHex(int c) {
    return c >= 0 && c < 0x7f && Character.digit(c, 16) >= 0;
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
   * The form in which paths are compared with rules: lower case, one form for characters that look
   * or are composed alike, no empty segments, no dots and spaces at the end of a segment, no slash
   * at the end. If a container or a file system serves the same resource for several spellings, the
   * rule of that resource applies to all of them.
   */
  static String canonical(String path) {
    if (isCanonical(path)) {
      return path;
    }
    String canonical = canonicalSegments(FoldedText.of(path));
    return canonical.equals(path) ? path : canonical;
  }

  private static String canonicalSegments(String path) {
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
          canonical.append(path.charAt(i));
        }
      }
      from = end + 1;
    }
    return canonical.isEmpty() ? "/" : canonical.toString();
  }

  /** Whether an ASCII path is canonical; what is not ASCII has to be looked at closer. */
  private static boolean isCanonical(String path) {
    int length = path.length();
    if (length == 0 || path.charAt(0) != '/') {
      return false;
    }
    char before = 'x';
    for (int i = 0; i < length; i++) {
      char c = path.charAt(i);
      boolean ended = c == '/' && i > 0;
      boolean folded = c < 0x80 && (c < 'A' || c > 'Z');
      if (!folded || ended && (before == '/' || before == '.' || before == ' ')) {
        return false;
      }
      before = c;
    }
    return length == 1 || before != '/' && before != '.' && before != ' ';
  }

  /**
   * The path that somebody reads who decodes the request URI again, as JAX-RS does: without path
   * parameters, and in UTF-8 whatever the container decodes by. Null when it can't differ from the
   * one that the container dispatches on.
   */
  static @Nullable String decodedAgain(HttpServletRequest request) {
    String uri = request.getRequestURI();
    if (uri.indexOf(';') < 0 && isAsciiWhenDecoded(uri)) {
      return null;
    }
    return belowContext(withoutEmptySegments(decoded(uri)), request);
  }

  private static boolean isAsciiWhenDecoded(String uri) {
    for (int i = uri.indexOf('%'); i >= 0; i = uri.indexOf('%', i + 1)) {
      if (octet(uri, i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  // Some containers answer with the context path as it was spelt.
  private static String belowContext(String path, HttpServletRequest request) {
    String context = withoutEmptySegments(decoded(request.getContextPath()));
    return path.startsWith(context) ? path.substring(context.length()) : path;
  }

  /**
   * The paths that an ambiguous request URI leads to if somebody behind us decodes it several
   * times, takes a backslash for a slash, or follows dot segments; read as UTF-8 and as Latin-1.
   */
  static List<String> suspected(HttpServletRequest request) {
    byte[] octets = SuspectedPath.octets(request.getRequestURI());
    return Stream.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)
        .map(charset -> SuspectedPath.resolved(new String(octets, charset)))
        .map(path -> belowContext(path, request))
        .toList();
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
