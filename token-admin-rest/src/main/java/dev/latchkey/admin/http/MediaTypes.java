package dev.latchkey.admin.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Media types and media ranges by the grammar of RFC 9110 §8.3.1 and §12.5.1, written anew in one
 * spelling: JAX-RS runtimes parse them in their own ways and fail in their own ways. Not
 * thread-safe.
 */
final class MediaTypes {

  private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

  private final String text;
  private int at;

  private MediaTypes(String text) {
    this.text = text;
  }

  /** A {@code Content-Type} in one spelling, or null when it is malformed. */
  static @Nullable String contentType(String value) {
    MediaTypes parser = new MediaTypes(value.strip());
    String type = parser.mediaType(false);
    return type != null && parser.atEnd() ? type : null;
  }

  /** An {@code Accept} in one spelling, or null when it is malformed; empty takes anything. */
  static @Nullable String accept(String value) {
    MediaTypes parser = new MediaTypes(value);
    List<String> ranges = new ArrayList<>();
    parser.skipSpaceAnd(',');
    while (!parser.atEnd()) {
      String range = parser.mediaType(true);
      if (range == null || !parser.atEnd() && parser.peek() != ',') {
        return null;
      }
      ranges.add(range);
      parser.skipSpaceAnd(',');
    }
    return ranges.isEmpty() ? "*/*" : String.join(", ", ranges);
  }

  private @Nullable String mediaType(boolean range) {
    String type = token();
    if (type.isEmpty()) {
      return null;
    }
    StringBuilder written = new StringBuilder(type.toLowerCase(Locale.ROOT)).append('/');
    if (!atEnd() && peek() == '/') {
      at++;
      String subtype = token();
      if (subtype.isEmpty() || type.equals("*") && !(range && subtype.equals("*"))) {
        return null;
      }
      written.append(subtype.toLowerCase(Locale.ROOT));
    } else if (range && type.equals("*")) {
      // Old clients of Java say so.
      written.append('*');
    } else {
      return null;
    }
    return parameters(written, range) ? written.toString() : null;
  }

  private boolean parameters(StringBuilder written, boolean range) {
    skipSpace();
    while (!atEnd() && peek() == ';') {
      // A parameter may be empty (RFC 9110 §5.6.6).
      skipSpaceAnd(';');
      if (atEnd() || range && peek() == ',') {
        return true;
      }
      String name = token().toLowerCase(Locale.ROOT);
      if (name.isEmpty()) {
        return false;
      }
      if (atEnd() || peek() != '=') {
        return false;
      }
      at++;
      String value = value();
      if (value == null) {
        return false;
      }
      if (range && name.equals("q")) {
        String weight = weight(value);
        if (weight == null) {
          return false;
        }
        value = weight;
      }
      written.append(';').append(name).append('=').append(value);
      skipSpace();
    }
    return true;
  }

  private @Nullable String value() {
    if (atEnd() || peek() != '"') {
      String token = token();
      return token.isEmpty() ? null : token;
    }
    int start = at++;
    while (!atEnd() && peek() != '"') {
      if (peek() == '\\') {
        at++;
      }
      if (atEnd() || peek() < ' ' && peek() != '\t' || peek() == 0x7f) {
        return null;
      }
      at++;
    }
    if (atEnd()) {
      return null;
    }
    at++;
    String quoted = text.substring(start + 1, at - 1);
    return !quoted.isEmpty() && quoted.chars().allMatch(MediaTypes::inToken)
        ? quoted
        : text.substring(start, at);
  }

  // A number from 0 to 1; some leave the zero before the point out, and some write more digits.
  private static @Nullable String weight(String text) {
    String number = text.startsWith(".") ? '0' + text : text;
    int point = number.indexOf('.');
    String whole = point < 0 ? number : number.substring(0, point);
    String rest = point < 0 ? "" : number.substring(point + 1);
    boolean digits = rest.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean zeros = rest.chars().allMatch(c -> c == '0');
    if (!digits || !(whole.equals("0") || whole.equals("1") && zeros)) {
      return null;
    }
    String shortRest = rest.length() > 3 ? rest.substring(0, 3) : rest;
    return shortRest.isEmpty() ? whole : whole + '.' + shortRest;
  }

  private String token() {
    int start = at;
    while (!atEnd() && inToken(peek())) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean inToken(int c) {
    return c < 0x7f && (Character.isLetterOrDigit(c) || TOKEN_SIGNS.indexOf(c) >= 0);
  }

  private void skipSpace() {
    while (!atEnd() && (peek() == ' ' || peek() == '\t')) {
      at++;
    }
  }

  private void skipSpaceAnd(char separator) {
    while (!atEnd() && (peek() == ' ' || peek() == '\t' || peek() == separator)) {
      at++;
    }
  }

  private boolean atEnd() {
    return at >= text.length();
  }

  private char peek() {
    return text.charAt(at);
  }
}
