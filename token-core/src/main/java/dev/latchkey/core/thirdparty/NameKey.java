package dev.latchkey.core.thirdparty;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;

/**
 * Compares names by what one sees of them: NFKC_Casefold of Unicode (UAX #31 §5.1, Unicode Standard
 * §3.13 D145) as far as the JDK has it, with runs of white space taken for one space.
 */
public final class NameKey {

  // Default_Ignorable_Code_Point of DerivedCoreProperties.txt, Unicode 15.1: first and last of each
  // range.
  private static final int[] IGNORABLE = {
    0x00AD, 0x00AD, 0x034F, 0x034F, 0x061C, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F,
    0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x3164, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF,
    0xFFA0, 0xFFA0, 0xFFF0, 0xFFF8, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF,
  };

  private static final int DOTLESS_I = 0x131;
  // Without a dot, a note and a stroke: these three show nothing either.
  private static final int BRAILLE_BLANK = 0x2800;
  private static final int NULL_NOTEHEAD = 0x1D159;
  private static final int KHITAN_FILLER = 0x16FE4;

  private NameKey() {}

  /** The key of a name: equal for names that look the same; empty when nothing of it is visible. */
  public static String of(String name) {
    return ofPrefix(name).strip();
  }

  /**
   * The key of the beginning of a name, with the space that it may end in; empty when nothing of it
   * is visible.
   */
  public static String ofPrefix(String beginning) {
    String key = beginning;
    // A compatibility form may be ignorable, and what is folded may compose: twice is stable.
    for (int i = 0; i < 2; i++) {
      key = folded(Normalizer.normalize(shown(key), Normalizer.Form.NFKC));
    }
    return Normalizer.normalize(shown(key), Normalizer.Form.NFKC).stripLeading();
  }

  /** Whether something of a text is visible: more than space, ignorables and loose marks. */
  public static boolean visible(String text) {
    return of(text).codePoints().anyMatch(NameKey::stands);
  }

  private static boolean stands(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  // Without ignorables, and one space for each run of white space.
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    boolean space = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (ignorable(c)) {
        continue;
      }
      boolean blank = blank(c);
      if (!blank) {
        shown.appendCodePoint(c);
      } else if (!space) {
        shown.append(' ');
      }
      space = blank;
    }
    return shown.toString();
  }

  private static boolean blank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == BRAILLE_BLANK;
  }

  private static boolean ignorable(int c) {
    if (c < IGNORABLE[0]) {
      return false;
    }
    if (c == NULL_NOTEHEAD || c == KHITAN_FILLER) {
      return true;
    }
    int found = Arrays.binarySearch(IGNORABLE, c);
    // Inside a range lies what would be put behind its first, at an odd index.
    return found >= 0 || (-found - 1) % 2 == 1;
  }

  // Full case folding (CaseFolding.txt, C and F), one by one, because a sigma has another form at
  // the end of a word. The dotless i is no other letter's capital or small form there.
  private static String folded(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              String one = Character.toString(c);
              folded.append(
                  c == DOTLESS_I
                      ? one
                      : one.toLowerCase(Locale.ROOT)
                          .toUpperCase(Locale.ROOT)
                          .toLowerCase(Locale.ROOT));
            });
    // "SS" of one letter is folded at once, and a sigma in the middle of one is not the last.
    return folded.toString().replace('ς', 'σ');
  }
}
