package dev.latchkey.admin.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** issue 18.5. */
class RateLimitsTest {

  private static final int ADDRESSES = 1_000_000;

  private long nanos;
  private final RateLimits limits = new RateLimits(() -> nanos);

  @Test
  @DisplayName("an address has 2,000 requests, then 200 a second")
  void limitsAnAddress() {
    for (int i = 0; i < 2000; i++) {
      limits.request("192.0.2.1");
    }
    assertThatThrownBy(() -> limits.request("192.0.2.1"))
        .isInstanceOfSatisfying(
            RateLimits.ExceededException.class,
            exceeded ->
                assertThat(exceeded.delay()).isBetween(Duration.ofNanos(1), Duration.ofMillis(5)));
    assertThatCode(() -> limits.request("192.0.2.2")).doesNotThrowAnyException();

    pass(Duration.ofSeconds(1));

    for (int i = 0; i < 200; i++) {
      limits.request("192.0.2.1");
    }
    assertThatThrownBy(() -> limits.request("192.0.2.1"))
        .isInstanceOf(RateLimits.ExceededException.class);
  }

  @Test
  @DisplayName("an address has 100 failures, then one a second")
  void limitsFailures() {
    for (int i = 0; i < 100; i++) {
      limits.request("192.0.2.1");
      limits.failed("192.0.2.1");
    }
    assertThatThrownBy(() -> limits.request("192.0.2.1"))
        .isInstanceOf(RateLimits.ExceededException.class);

    pass(Duration.ofSeconds(1));

    limits.request("192.0.2.1");
    limits.failed("192.0.2.1");
    assertThatThrownBy(() -> limits.request("192.0.2.1"))
        .isInstanceOf(RateLimits.ExceededException.class);
  }

  @Test
  @DisplayName("failures from elsewhere, however many, leave a client its own budget")
  void letsNobodyLockAClientOut() {
    for (int i = 0; i < 10_000; i++) {
      limits.failed("192.0.2." + i % 256);
    }

    for (int i = 0; i < 1000; i++) {
      limits.request("198.51.100.1");
      limits.client("client");
    }
    assertThatThrownBy(() -> limits.client("client"))
        .isInstanceOf(RateLimits.ExceededException.class);
    pass(Duration.ofMillis(10));
    assertThatCode(() -> limits.client("client")).doesNotThrowAnyException();
  }

  @Test
  @DisplayName("all addresses of an IPv6 /64 are one place")
  void countsASixtyFourOnce() {
    for (int i = 0; i < 60; i++) {
      limits.report("2001:db8::" + Integer.toHexString(i));
    }
    assertThatThrownBy(() -> limits.report("2001:db8::ffff"))
        .isInstanceOf(RateLimits.ExceededException.class);
    assertThatCode(() -> limits.report("2001:db8:0:1::1")).doesNotThrowAnyException();
  }

  @Test
  @DisplayName("F2 a million addresses leave a bounded number of budgets")
  void isBounded() {
    for (int i = 0; i < ADDRESSES; i++) {
      limits.report("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
    }

    assertThat(limits.tracked()).isLessThanOrEqualTo(RateLimits.MOST_TRACKED);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
