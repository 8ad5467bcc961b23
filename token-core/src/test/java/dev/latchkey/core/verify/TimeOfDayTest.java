package dev.latchkey.core.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.testing.MovedClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TimeOfDayTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final MovedClock clock = new MovedClock(NOON);
  private long nanos = Long.MAX_VALUE - Duration.ofMillis(50).toNanos(); // overflows on the way
  private Duration lookTakes = Duration.ZERO;
  private int looks;
  private final TimeOfDay time = TimeOfDay.kept(new Looked(), () -> nanos);

  @Test
  @DisplayName("A20 one look at the clock in 100 ms, and exact to the millisecond in between")
  void countsOnByTheTicker() {
    assertThat(now()).isEqualTo(NOON);
    pass(Duration.ofMillis(100).minusNanos(1));
    assertThat(now()).isEqualTo(NOON.plusMillis(99));
    assertThat(looks).isEqualTo(1);
    pass(Duration.ofNanos(1));
    assertThat(now()).isEqualTo(NOON.plusMillis(100));
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
  @DisplayName("a clock that is set is believed after 100 ms, whichever way it was set")
  void seesAClockThatWasSet() {
    now();
    for (Duration set : new Duration[] {Duration.ofHours(1), Duration.ofHours(-2)}) {
      clock.pass(set);
      pass(Duration.ofMillis(100));
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
    lookTakes = Duration.ofMillis(1).plusNanos(1);
    assertThat(now()).isEqualTo(NOON);
    lookTakes = Duration.ofMillis(1);
    now();
    assertThat(looks).isEqualTo(2);
    now();
    assertThat(looks).isEqualTo(2);
  }

  @Test
  @DisplayName("it is never behind the clock, however long a look took")
  void isAheadByNoMoreThanALook() {
    lookTakes = Duration.ofMillis(1);
    now();
    // The look began a millisecond ago, so by the ticks that is how much has passed since.
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
  void aClockThatIsNotTheSystemsIsSeenSetAtOnce() {
    TimeOfDay its = TimeOfDay.of(clock, () -> nanos);
    assertThat(its.millisAt(nanos)).isEqualTo(NOON.toEpochMilli());
    clock.pass(Duration.ofMillis(1));
    assertThat(its.millisAt(nanos)).isEqualTo(NOON.toEpochMilli() + 1);
  }

  @Test
  void theSystemsClockIsKept() {
    TimeOfDay its = TimeOfDay.of(Clock.systemUTC(), () -> nanos);
    long first = its.millisAt(nanos);
    while (System.currentTimeMillis() <= first) {
      Thread.onSpinWait();
    }
    assertThat(its.millisAt(nanos)).isEqualTo(first);
  }

  private Instant now() {
    return Instant.ofEpochMilli(time.millisAt(nanos));
  }

  private void pass(Duration duration) {
    nanos += duration.toNanos();
    clock.pass(duration);
  }

  /** The clock, at which a look takes its time. */
  private final class Looked extends Clock {

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      looks++;
      nanos += lookTakes.toNanos();
      return clock.instant();
    }
  }
}
