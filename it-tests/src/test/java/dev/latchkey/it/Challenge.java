package dev.latchkey.it;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code Bearer} challenge, read by the grammar of RFC 9110 §11.2 and RFC 6750 §3 with no
 * forgiveness: one challenge, each parameter once, each value a quoted-string of ASCII without
 * escapes. Immutable.
 */
record Challenge(Map<String, String> parameters) {

  private static final String SCHEME = "Bearer ";

  static Challenge parse(String text) {
    require(text.startsWith(SCHEME), "starts with Bearer and one space", text);
    Map<String, String> parameters = new LinkedHashMap<>();
    int at = SCHEME.length();
    while (true) {
      int equals = text.indexOf('=', at);
      require(equals > at, "a name before =", text);
      String name = text.substring(at, equals);
      require(name.chars().allMatch(Challenge::inName), "a token as name: " + name, text);
      require(equals + 1 < text.length() && text.charAt(equals + 1) == '"', "a quoted value", text);
      int end = text.indexOf('"', equals + 2);
      require(end > 0, "a closing quote", text);
      String value = text.substring(equals + 2, end);
      require(value.chars().allMatch(Challenge::inValue), "ASCII without escapes: " + value, text);
      require(parameters.put(name, value) == null, name + " once", text);
      if (end + 1 == text.length()) {
        return new Challenge(Map.copyOf(parameters));
      }
      require(text.startsWith(", ", end + 1), "a comma and a space", text);
      at = end + 3;
    }
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  Optional<String> error() {
    return parameter("error");
  }

  private static boolean inName(int c) {
    return c == '_' || (c >= 'a' && c <= 'z');
  }

  private static boolean inValue(int c) {
    return c >= 0x20 && c < 0x7f && c != '\\';
  }

  private static void require(boolean kept, String rule, String text) {
    if (!kept) {
      throw new AssertionError("a challenge has " + rule + ", but was: " + text);
    }
  }
}
