package dev.latchkey.core.config;

/**
 * What of an input may be said back, in an answer, a log line or the message of an exception. A
 * secret that was put where a name belongs must not come back: answers are logged by proxies and
 * end up in tickets.
 */
public final class Echo {

  /** What is shown in the place of a text that is not. */
  public static final String NOT_SHOWN = "(not shown)";

  // The longest field or parameter of the API has 17 characters, the longest key 40.
  private static final int LONGEST_NAME = 32;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_WORD = 20;
  private static final int MOST_HUMPS = 3;
  private static final int SHORTEST_SECRET = 20;

  private Echo() {}

  /**
   * The name of an unknown field or parameter, if it looks like a name: at most 32 characters,
   * words of letters with digits at their end alone, in camel case or with {@code . _ -} between
   * them. Otherwise {@link #NOT_SHOWN}. A secret that is all words passes for a name.
   */
  public static String name(String name) {
    return isName(name, LONGEST_NAME) ? name : NOT_SHOWN;
  }

  /** The same for the name of a configuration key, of at most 64 characters. */
  public static String key(String name) {
    return isName(name, LONGEST_KEY) ? name : NOT_SHOWN;
  }

  /**
   * The value of a setting that is not secret, unless a part of it looks like a secret that was put
   * there by mistake: 20 or more letters and digits in a row, both of them among it.
   */
  public static String value(String text) {
    int run = 0;
    boolean letter = false;
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetter(c) && !isDigit(c)) {
        run = 0;
        letter = false;
        digit = false;
        continue;
      }
      run++;
      letter |= isLetter(c);
      digit |= isDigit(c);
      if (run >= SHORTEST_SECRET && letter && digit) {
        return NOT_SHOWN;
      }
    }
    return text;
  }

  private static boolean isName(String text, int longest) {
    if (text.isEmpty() || text.length() > longest || !isLetter(text.charAt(0))) {
      return false;
    }
    int word = 0;
    int humps = 0;
    char before = '.';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean separator = c == '.' || c == '_' || c == '-';
      if ((!separator && !isLetter(c) && !isDigit(c)) || (isDigit(before) && isLetter(c))) {
        return false;
      }
      word = separator ? 0 : word + 1;
      humps = separator ? 0 : humps + (isLower(before) && isUpper(c) ? 1 : 0);
      if (word > LONGEST_WORD + (humps > 0 ? LONGEST_WORD : 0) || humps > MOST_HUMPS) {
        return false;
      }
      before = c;
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return isLower(c) || isUpper(c);
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
