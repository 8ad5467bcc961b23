package dev.latchkey.core.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAmount;

/**
 * How long a token lives: an ISO-8601 period of calendar units ({@code P6M}, {@code P90D}) or a
 * duration ({@code PT12H}, {@code P1DT12H}). More than nothing and at most ten years. Immutable.
 */
public final class Lifetime {

  private static final Period LONGEST = Period.ofYears(10);

  private final String text;
  private final TemporalAmount amount;

  private Lifetime(String text, TemporalAmount amount) {
    this.text = text;
    this.amount = amount;
  }

  /**
   * A lifetime from its ISO-8601 text.
   *
   * @throws IllegalArgumentException when the text is not ISO-8601, or is nothing, negative or more
   *     than ten years
   */
  public static Lifetime parse(String text) {
    try {
      TemporalAmount amount = text.indexOf('T') < 0 ? Period.parse(text) : Duration.parse(text);
      Lifetime lifetime = new Lifetime(text, amount);
      // Longest from a leap day, where ten years of any writing are longest.
      Instant from = Instant.parse("2024-02-29T00:00:00Z");
      Instant end = lifetime.from(from);
      if (end.toEpochMilli() <= from.toEpochMilli() || end.isAfter(plus(from, LONGEST))) {
        throw new IllegalArgumentException("not more than nothing and at most ten years");
      }
      return lifetime;
    } catch (DateTimeException | ArithmeticException notIso) {
      throw new IllegalArgumentException("not an ISO-8601 period", notIso);
    }
  }

  /**
   * The end of a life that begins at {@code start}, by the calendar of UTC: 31 August and six
   * months is the last day of February.
   */
  public Instant from(Instant start) {
    return plus(start, amount);
  }

  private static Instant plus(Instant start, TemporalAmount amount) {
    return ZonedDateTime.ofInstant(start, ZoneOffset.UTC).plus(amount).toInstant();
  }

  /** The ISO-8601 text. */
  @Override
  public String toString() {
    return text;
  }
}
