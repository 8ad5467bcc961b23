package dev.latchkey.core.administer;

import java.time.Duration;
import java.util.List;

/** How long what is replaced still works. */
final class Overlap {

  private static final Duration LONGEST = Duration.ofDays(366);

  private Overlap() {}

  static void check(Duration overlap) {
    if (overlap.isNegative() || overlap.compareTo(LONGEST) > 0) {
      throw new InvalidInputException(
          List.of(
              new FieldError(
                  "overlap",
                  "takes an ISO-8601 duration from PT0S to " + LONGEST.toDays() + " days")));
    }
  }
}
