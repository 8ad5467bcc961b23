package dev.latchkey.core.administer;

import java.util.stream.Collectors;

/** Which characters a text for people may have. */
final class Texts {

  private Texts() {}

  /**
   * The text, at most so many characters of it, with a question mark for each that could forge a
   * line of a log.
   */
  static String printable(String text, int atMost) {
    return text.codePoints()
        .limit(atMost)
        .map(c -> plain(c) ? c : '?')
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** Whether no character of the text is invisible or changes how others are shown. */
  static boolean plain(String text) {
    return text.codePoints().allMatch(Texts::plain);
  }

  private static boolean plain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      // Joiners shape words of several scripts and emoji; overrides and isolates reorder a line.
      case Character.FORMAT -> c == 0x200c || c == 0x200d;
      default -> true;
    };
  }
}
