package dev.latchkey.core.token;

import static dev.latchkey.core.token.TokenStatus.ACTIVE;
import static dev.latchkey.core.token.TokenStatus.DEACTIVATED;
import static dev.latchkey.core.token.TokenStatus.EXPIRED;
import static dev.latchkey.core.token.TokenStatus.THIRD_PARTY_DISABLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenStatusTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant BEFORE = NOW.minusMillis(1);
  private static final Instant AFTER = NOW.plusMillis(1);

  static Stream<Arguments> truthTable() {
    return Stream.of(
        arguments(null, null, true, ACTIVE),
        arguments(AFTER, null, true, ACTIVE),
        arguments(NOW, null, true, EXPIRED),
        arguments(BEFORE, null, true, EXPIRED),
        arguments(null, BEFORE, true, DEACTIVATED),
        arguments(AFTER, BEFORE, true, DEACTIVATED),
        arguments(NOW, BEFORE, true, EXPIRED),
        arguments(null, null, false, THIRD_PARTY_DISABLED),
        arguments(AFTER, null, false, THIRD_PARTY_DISABLED),
        arguments(NOW, null, false, EXPIRED),
        arguments(AFTER, BEFORE, false, DEACTIVATED),
        arguments(BEFORE, BEFORE, false, EXPIRED));
  }

  @ParameterizedTest
  @DisplayName(
      "active == not deactivated AND now < expiresAt (or no expiresAt) AND third party enabled")
  @MethodSource("truthTable")
  void statusIs(
      @Nullable Instant expiresAt,
      @Nullable Instant deactivatedAt,
      boolean enabled,
      TokenStatus expected) {
    assertThat(TokenStatus.at(NOW, expiresAt, deactivatedAt, enabled)).isEqualTo(expected);
  }
}
