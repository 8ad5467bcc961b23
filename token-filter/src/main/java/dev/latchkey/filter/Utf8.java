package dev.latchkey.filter;

/** The grammar of UTF-8 (RFC 3629 §4), for octets that are not in an array. */
final class Utf8 {

  private Utf8() {}

  /**
   * How many octets the character has that begins with the first one, which is not ASCII.
   *
   * @param second and so on: what follows; -1 for nothing
   * @return 2 to 4; 0 for what is no UTF-8, overlong forms and surrogates included, and for the
   *     control characters U+0080 to U+009F
   */
  static int octets(int first, int second, int third, int fourth) {
    if (first < 0xc2 || first > 0xf4 || second < least(first) || second > most(first)) {
      return 0;
    }
    if (first < 0xe0) {
      return 2;
    }
    if (!follows(third)) {
      return 0;
    }
    if (first < 0xf0) {
      return 3;
    }
    return follows(fourth) ? 4 : 0;
  }

  private static int least(int first) {
    return switch (first) {
      // below are control characters
      case 0xc2, 0xe0 -> 0xa0;
      case 0xf0 -> 0x90;
      default -> 0x80;
    };
  }

  private static int most(int first) {
    return switch (first) {
      // above are surrogates
      case 0xed -> 0x9f;
      case 0xf4 -> 0x8f;
      default -> 0xbf;
    };
  }

  private static boolean follows(int octet) {
    return octet >= 0x80 && octet <= 0xbf;
  }
}
