package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.testing.LogLines;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutageLogTest {

  private final LogLines log = new LogLines();
  private long millis = 1_000_000;
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis);
  private final OutageLog outage =
      new OutageLog(log, clock.withZone(ZoneOffset.UTC), "broken", "mended");

  @Test
  void tellsAnOutageOnceAndItsEndOnce() {
    outage.failed(new Exception());
    outage.failed(new Exception());
    assertThat(outage.failing()).isTrue();
    outage.worked();
    outage.worked();
    assertThat(outage.failing()).isFalse();
    assertThat(log.lines()).containsExactly("WARNING broken (Exception: null)", "INFO mended");
  }

  @Test
  void tellsAtMostOneAMinuteHoweverOftenItChanges() {
    for (int i = 0; i < 1000; i++) {
      outage.failed(new Exception());
      outage.worked();
    }
    assertThat(log.lines()).containsExactly("WARNING broken (Exception: null)", "INFO mended");
    millis += 59_999;
    outage.failed(new Exception());
    assertThat(log.lines()).hasSize(2);
    millis += 1;
    outage.failed(new Exception());
    assertThat(log.lines())
        .containsExactly(
            "WARNING broken (Exception: null)",
            "INFO mended",
            "WARNING broken (Exception: null), 1000 more since the line before");
  }

  @Test
  @DisplayName("a clock that is set back makes it quiet for no longer")
  void isNotQuietForAnHourWhenTheClockIsSetBack() {
    outage.failed(new Exception());
    outage.worked();
    millis -= 3_600_000;
    outage.failed(new Exception());
    assertThat(log.lines())
        .containsExactly(
            "WARNING broken (Exception: null)", "INFO mended", "WARNING broken (Exception: null)");
  }

  @Test
  void namesTheReasonInOneLine() {
    outage.failed(
        new IllegalStateException("outside", new java.io.IOException("connection refused\nat x")));
    assertThat(log.lines()).containsExactly("WARNING broken (IOException: connection refused)");
  }

  @Test
  void repeatsWhatAnOperatorIsToldToDo() {
    outage.failed(new StoreUnavailableException("start the admin WAR", new Exception("inside")));
    assertThat(log.lines()).containsExactly("WARNING broken (start the admin WAR)");
  }

  @Test
  @DisplayName("what a driver says of hosts and users is for the log, not for whoever asks")
  void tellsTheLogMoreThanOthers() {
    StoreUnavailableException unavailable =
        new StoreUnavailableException(
            "the database does not answer",
            "no route to db1:5432\nas bob",
            new Exception("inside"));
    outage.failed(new Exception("outside", unavailable));
    assertThat(log.lines())
        .containsExactly("WARNING broken (the database does not answer: no route to db1:5432)");
    assertThat(unavailable).hasMessage("the database does not answer");
  }

  @Test
  void saysNothingWhileItWorks() {
    outage.worked();
    assertThat(log.lines()).isEmpty();
    assertThat(outage.failing()).isFalse();
  }
}
