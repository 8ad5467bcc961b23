package dev.latchkey.core.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.testing.MovedClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TimeOfDayTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final MovedClock clock = new MovedClock(NOON);
  private long nanos = Long.MAX_VALUE - 500_000; // overflows on the way
  private Duration lookTakes = Duration.ZERO;
  private int looks;
  private final InstantSource looked = this::looked;
  private final TimeOfDay time = TimeOfDay.kept(looked.withZone(ZoneOffset.UTC), () -> nanos);

  @Test
  @DisplayName("A20 one look at the clock in a millisecond, and exact in between")
  void countsOnByTheTicker() {
    assertThat(now()).isEqualTo(NOON);
    pass(Duration.ofMillis(1).minusNanos(1));
    assertThat(now()).isEqualTo(NOON);
    assertThat(looks).isEqualTo(1);
    pass(Duration.ofNanos(1));
    assertThat(now()).isEqualTo(NOON.plusMillis(1));
    assertThat(looks).isEqualTo(2);
  }

  @Test
  @DisplayName("A20 a part of a millisecond that the clock had counts on")
  void isNotBehindByWhatALookCutsOff() {
    clock.set(NOON.plusNanos(999_999));
    assertThat(now()).isEqualTo(NOON);
    pass(Duration.ofNanos(1));
    assertThat(now()).isEqualTo(NOON.plusMillis(1));
    assertThat(looks).isEqualTo(1);
  }

  @Test
  @DisplayName("a clock that is set is believed a millisecond later, whichever way it was set")
  void seesAClockThatWasSet() {
    now();
    for (Duration set : new Duration[] {Duration.ofHours(1), Duration.ofHours(-2)}) {
      clock.pass(set);
      pass(Duration.ofMillis(1));
      assertThat(now()).isEqualTo(clock.instant());
    }
  }

  @Test
  @DisplayName("a process that was stopped, by hours, looks at the clock when it goes on")
  void looksAfterAStop() {
    now();
    pass(Duration.ofHours(3));
    clock.pass(Duration.ofMinutes(1));
    assertThat(now()).isEqualTo(clock.instant());
  }

  @Test
  @DisplayName("a look in which the process was stopped is used once and not kept")
  void doesNotKeepALookThatTookLong() {
    lookTakes = Duration.ofNanos(100_001);
    assertThat(now()).isEqualTo(NOON);
    lookTakes = Duration.ofNanos(100_000);
    now();
    assertThat(looks).isEqualTo(2);
    now();
    assertThat(looks).isEqualTo(2);
  }

  @Test
  @DisplayName("it is never behind the clock, however long a look took")
  void isAheadByNoMoreThanALook() {
    clock.set(NOON.plusNanos(900_000));
    lookTakes = Duration.ofNanos(100_000);
    now();
    // The look began a tenth of a millisecond ago: by the ticks that is how much has passed since.
    assertThat(now()).isEqualTo(NOON.plusMillis(1));
  }

  @Test
  void ticksFromBeforeTheLookAreTheTimeOfTheLook() {
    long before = nanos;
    pass(Duration.ofMillis(2));
    now();
    assertThat(time.millisAt(before)).isEqualTo(clock.millis());
  }

  @Test
  void lookedSeesAClockThatWasSetAtOnce() {
    TimeOfDay looked = TimeOfDay.looked(clock, () -> nanos);
    assertThat(looked.millisAt(nanos)).isEqualTo(NOON.toEpochMilli());
    clock.pass(Duration.ofMillis(1));
    assertThat(looked.millisAt(nanos)).isEqualTo(NOON.toEpochMilli() + 1);
  }

  private Instant now() {
    return Instant.ofEpochMilli(time.millisAt(nanos));
  }

  private void pass(Duration duration) {
    nanos += duration.toNanos();
    clock.pass(duration);
  }

  /** What the clock says, at which a look takes its time. */
  private Instant looked() {
    looks++;
    nanos += lookTakes.toNanos();
    return clock.instant();
  }
}
