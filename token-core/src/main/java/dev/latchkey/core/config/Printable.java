package dev.latchkey.core.config;

/** Text of a configuration as it may stand in one line of a log. */
public final class Printable {

  private Printable() {}

  /**
   * The text with a question mark for each character that ends a line, controls a terminal or
   * changes the direction of writing.
   */
  public static String of(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints().map(c -> isHarmless(c) ? c : '?').forEach(printable::appendCodePoint);
    return printable.toString();
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
