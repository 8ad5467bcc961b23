package dev.latchkey.core.oauth;

import static dev.latchkey.core.oauth.ClientFailure.Reason.NETWORK;
import static dev.latchkey.core.oauth.ClientFailure.Reason.WRONG_SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientFailuresTest {

  private static final Instant FIRST = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATER = FIRST.plusSeconds(5);

  private final ClientFailures failures = new ClientFailures();

  @Test
  void keepsTheSameFailureOnceWithACount() {
    failures.add("one", WRONG_SECRET, "192.0.2.7", FIRST);
    failures.add("one", NETWORK, "192.0.2.7", FIRST);
    failures.add("one", WRONG_SECRET, "192.0.2.7", LATER);

    assertThat(failures.of("one"))
        .containsExactly(
            new ClientFailure(WRONG_SECRET, LATER, "192.0.2.7", 2),
            new ClientFailure(NETWORK, FIRST, "192.0.2.7", 1));
    assertThat(failures.of("another")).isEmpty();
  }

  @Test
  @DisplayName("F2 a stranger who fails from many addresses fills nothing")
  void isBounded() {
    for (int i = 0; i < 1000; i++) {
      failures.add("one", WRONG_SECRET, "192.0.2." + i, FIRST);
    }

    assertThat(failures.of("one")).hasSize(ClientFailures.KEPT);
    assertThat(failures.of("one").get(0).from()).isEqualTo("192.0.2.999");
  }
}
