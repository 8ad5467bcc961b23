package dev.latchkey.filter;

/** The method of a request (RFC 9110 §9.1), where it decides. */
final class RequestMethod {

  // The longest that is registered has 17 characters.
  private static final int LONGEST = 40;

  private RequestMethod() {}

  /**
   * Whether a method can be compared with rules: a token of RFC 9110 §5.6.2 that begins with a
   * capital letter, has no lower-case one, and has at most 40 characters. Methods are
   * case-sensitive, but applications exist that take {@code post} for {@code POST}.
   */
  static boolean wellFormed(String method) {
    int length = method.length();
    if (length == 0 || length > LONGEST || !isCapital(method.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = method.charAt(i);
      if (!isCapital(c) && !(c >= '0' && c <= '9') && "-_!#$%&'*+.^`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCapital(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
