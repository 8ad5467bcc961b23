package dev.latchkey.admin.signin;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a password that somebody chooses must be (NIST SP 800-63B §5.1.1.2). */
final class NewPassword {

  static final int SHORTEST = 12;
  static final int LONGEST = 128;

  // Of 0 to 4; 3 is "safely unguessable" by zxcvbn's own words.
  private static final int LEAST_SCORE = 3;

  // More of it makes guessing no easier, but measuring slow.
  private static final int MEASURED = 64;

  private NewPassword() {}

  /**
   * Refuses a password that is too short, too long, or easily guessed.
   *
   * @param text as it was typed
   * @param user whose password it will be; it must not be made of their name
   * @return the password to hash: prepared as {@link OpaqueString}
   * @throws InvalidInputException when it is refused
   */
  static String check(String text, String user) {
    Optional<String> prepared = OpaqueString.prepared(text);
    if (!prepared.orElse(text).codePoints().allMatch(OpaqueString::inFreeformClass)) {
      throw invalid("takes no control characters and no characters that can't be seen");
    }
    String password = prepared.orElse("");
    int length = OpaqueString.length(password);
    if (length < SHORTEST || length > LONGEST) {
      throw invalid("takes " + SHORTEST + " to " + LONGEST + " characters");
    }
    String measured =
        password.substring(0, password.offsetByCodePoints(0, Math.min(length, MEASURED)));
    Strength strength = new Zxcvbn().measure(measured, List.of(user, "latchkey"));
    int score = strength.getScore();
    String warning = strength.getFeedback().getWarning(Locale.ENGLISH);
    strength.wipe();
    if (score < LEAST_SCORE) {
      throw invalid(
          "is easily guessed"
              + (warning.isEmpty() ? "" : " (" + warning + ")")
              + ": take several words that do not belong together");
    }
    return password;
  }

  private static InvalidInputException invalid(String message) {
    return new InvalidInputException(List.of(new FieldError("newPassword", message)));
  }
}
