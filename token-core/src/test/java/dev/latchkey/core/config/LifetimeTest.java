package dev.latchkey.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LifetimeTest {

  @ParameterizedTest
  @CsvSource({
    "P6M, 2026-08-31T10:00:00Z, 2027-02-28T10:00:00Z",
    "P6M, 2027-08-31T10:00:00Z, 2028-02-29T10:00:00Z",
    "P6M, 2026-03-15T23:30:00Z, 2026-09-15T23:30:00Z",
    "P90D, 2026-01-01T00:00:00Z, 2026-04-01T00:00:00Z",
    "P1Y, 2028-02-29T00:00:00Z, 2029-02-28T00:00:00Z",
    "PT12H, 2026-01-01T00:00:00Z, 2026-01-01T12:00:00Z",
    "P1DT1S, 2026-01-01T00:00:00Z, 2026-01-02T00:00:01Z",
    "PT0.001S, 2026-01-01T00:00:00Z, 2026-01-01T00:00:00.001Z",
    "P10Y, 2026-01-01T00:00:00Z, 2036-01-01T00:00:00Z",
    "P120M, 2026-01-01T00:00:00Z, 2036-01-01T00:00:00Z",
  })
  void endsByTheCalendarOfUtc(String text, Instant start, Instant end) {
    Lifetime lifetime = Lifetime.parse(text);
    assertThat(lifetime.from(start)).isEqualTo(end);
    assertThat(lifetime).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "P",
        "6M",
        "six months",
        "P0D",
        "PT0S",
        "PT0.0009S",
        "-P6M",
        "P-6M",
        "P10Y1D",
        "P121M",
        "P4000D",
        "P99999999999Y",
        "PT87700H",
        "P1Y2DT3H"
      })
  void nothingNegativeAndMoreThanTenYearsAreRefused(String text) {
    assertThatThrownBy(() -> Lifetime.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
