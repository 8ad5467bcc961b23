package dev.latchkey.admin.signin;

import java.text.Normalizer;
import java.util.Optional;

/**
 * Prepares passwords as the profile OpaqueString says (RFC 8265 §4.2.2), so that one password is
 * the same text on every keyboard and operating system: spaces of all kinds become U+0020, and the
 * text is in Unicode Normalization Form C. Case and width are kept.
 */
final class OpaqueString {

  // More than a prepared password can have been before; it bounds what a stranger's text costs.
  private static final int LONGEST_UNPREPARED = 1024;

  private OpaqueString() {}

  /**
   * The text as it is hashed and compared.
   *
   * @param text as it was typed; nothing in it is changed but spaces and composition
   * @return empty when no password can be like this: it has no characters, more than {@link
   *     NewPassword#LONGEST} code points, control characters or halves of surrogate pairs
   */
  static Optional<String> prepared(String text) {
    if (text.isEmpty() || text.length() > LONGEST_UNPREPARED) {
      return Optional.empty();
    }
    // Forbidden before normalization and after: NFC makes no such character of another one.
    if (!text.codePoints().allMatch(OpaqueString::possible)) {
      return Optional.empty();
    }
    String spaced =
        text.codePoints()
            .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    String normal = Normalizer.normalize(spaced, Normalizer.Form.NFC);
    return length(normal) > NewPassword.LONGEST ? Optional.empty() : Optional.of(normal);
  }

  /** How many characters a person sees in it, roughly: its code points. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  // HMAC takes a password with zeros behind it for the same, and UTF-8 has no lone surrogates.
  private static boolean possible(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.CONTROL && type != Character.SURROGATE;
  }

  /**
   * Whether the FreeformClass has the character (RFC 8264 §4.3), so that a new password may have
   * it. The rules for characters in a context (§9.6, §9.7) are left out, but joiners are refused.
   */
  static boolean inFreeformClass(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !isIgnorableMarkOrLetter(codePoint) && !isOldHangulJamo(codePoint);
    };
  }

  // Default_Ignorable_Code_Point as far as its general category does not tell (RFC 8264 §9.13).
  private static boolean isIgnorableMarkOrLetter(int c) {
    return c == 0x034f
        || c == 0x115f
        || c == 0x1160
        || c == 0x17b4
        || c == 0x17b5
        || (c >= 0x180b && c <= 0x180f)
        || c == 0x3164
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xffa0
        || (c >= 0xe0100 && c <= 0xe01ef);
  }

  // RFC 8264 §9.9: conjoining jamo that NFC has not composed.
  private static boolean isOldHangulJamo(int c) {
    return (c >= 0x1100 && c <= 0x11ff)
        || (c >= 0xa960 && c <= 0xa97c)
        || (c >= 0xd7b0 && c <= 0xd7fb);
  }
}
