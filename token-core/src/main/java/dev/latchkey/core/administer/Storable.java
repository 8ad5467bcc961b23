package dev.latchkey.core.administer;

import java.time.Instant;

/** What every database that Latchkey knows can hold; Java's own ranges are wider. */
public final class Storable {

  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Storable() {}

  /** Whether an instant is in the years 1 to 9999 (of UTC), as {@code timestamp} of SQL has it. */
  public static boolean instant(Instant instant) {
    return !instant.isBefore(FIRST) && !instant.isAfter(LAST);
  }

  /** Whether a text has no NUL, which PostgreSQL refuses, and no half of a surrogate pair. */
  public static boolean text(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
  }
}
