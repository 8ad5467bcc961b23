package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which failures are written to the audit trail. */
// issue 14, "Further": failed sign-ins can't grow the audit trail for ever
class FailureFoldTest {

  private long nanos;
  private final FailureFold fold = new FailureFold(() -> nanos);

  @Test
  @DisplayName("a try a second for ten days is 11 events in the first hour, then one an hour")
  void aFloodOfDaysAddsOneAnHour() {
    int firstHour = 0;
    int written = 0;
    long counted = 0;
    long seconds = Duration.ofDays(10).toSeconds();
    for (long second = 0; second < seconds; second++) {
      OptionalLong leftOut = fold.next("admin", "10.0.0.1");
      written += leftOut.isPresent() ? 1 : 0;
      counted += leftOut.isPresent() ? 1 + leftOut.getAsLong() : 0;
      firstHour = second < 3600 ? written : firstHour;
      pass(Duration.ofSeconds(1));
    }
    assertThat(firstHour).isLessThanOrEqualTo(11);
    assertThat(written).isLessThanOrEqualTo(11 + 10 * 24);
    assertThat(counted).as("none is lost but those since the last").isGreaterThan(seconds - 3700);
  }

  @Test
  @DisplayName("the first failure of a name is written whatever happens to others")
  void writesTheFirstOfEachName() {
    for (int i = 0; i < 100_000; i++) {
      fold.next("(unknown)", "10.0.0.1");
    }
    assertThat(fold.next("(unknown)", "10.0.0.1")).isEmpty();
    assertThat(fold.next("admin", "10.0.0.1")).hasValue(0);
  }

  @Test
  @DisplayName("the first failures from twenty addresses are written, whatever happens from others")
  void writesTheFirstOfEachAddress() {
    for (int i = 0; i < 1000; i++) {
      fold.next("admin", "10.0.0.1");
    }
    for (int i = 2; i <= 20; i++) {
      assertThat(fold.next("admin", "10.0.0." + i)).isPresent();
      assertThat(fold.next("admin", "10.0.0." + i)).isEmpty();
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(fold.next("admin", "10.1.0." + i)).isEmpty();
    }
  }

  @Test
  void beginsAnewAfterAQuietHour() {
    for (int i = 0; i < 20; i++) {
      fold.next("admin", "10.0.0.1");
    }
    pass(Duration.ofHours(1).plusMinutes(1));
    assertThat(fold.next("admin", "10.0.0.1")).hasValue(15);
    for (int i = 0; i < 4; i++) {
      assertThat(fold.next("admin", "10.0.0.1")).hasValue(0);
    }
    assertThat(fold.next("admin", "10.0.0.1")).isEmpty();
  }

  @Test
  @DisplayName("what the database did not take is counted, and the next one is written for it")
  void countsWhatCouldNotBeWritten() {
    fold.next("admin", "10.0.0.1");
    fold.notWritten("admin", 0);
    assertThat(fold.next("admin", "10.0.0.1")).hasValue(1);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
