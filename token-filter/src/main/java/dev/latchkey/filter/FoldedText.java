package dev.latchkey.filter;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;

/**
 * One form for all texts that a file system or an application may take for the same: without regard
 * to case, in any language, to how a character is composed (NFC, NFD), to compatibility forms
 * (NFKC), and to characters that can't be seen.
 */
final class FoldedText {

  private FoldedText() {}

  /** The folded text; folding it again changes nothing. */
  static String of(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text.toLowerCase(Locale.ROOT);
    }
    String before = text;
    String folded = once(text);
    // Lower case letters can compose with what follows them where capitals do not.
    for (int i = 0; i < 3 && !folded.equals(before); i++) {
      before = folded;
      folded = once(folded);
    }
    return folded;
  }

  private static String once(String text) {
    StringBuilder seen = new StringBuilder(text.length());
    Normalizer.normalize(text, Form.NFKC)
        .codePoints()
        .filter(FoldedText::canBeSeen)
        .forEach(seen::appendCodePoint);
    // Turkish has an i with and one without a dot, and both are the i of others.
    String letters = seen.toString().replace('\u0130', 'i').replace('\u0131', 'i');
    return Normalizer.normalize(
        letters.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Form.NFKC);
  }

  private static boolean canBeSeen(int character) {
    return Character.getType(character) != Character.FORMAT
        // variation selectors, and the joiner that is a mark
        && !(character >= 0xfe00 && character <= 0xfe0f)
        && !(character >= 0xe0100 && character <= 0xe01ef)
        && character != 0x034f;
  }
}
