package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessTokenTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant WEEK = NOW.plusSeconds(7 * 86_400);
  private static final Instant YEAR = NOW.plusSeconds(365 * 86_400);

  private final MintedToken minted =
      new TokenFormat(new SecureRandom()).mint("lk", new TagKeys(List.of(new byte[32])));

  @Test
  void keepsTheHashAndTheHintOnly() {
    AccessToken token = token(YEAR);
    assertThat(token.hash()).isEqualTo(minted.hash());
    assertThat(token.hint()).isEqualTo("lk_" + minted.id() + "_");
    assertThat(token).hasToString("AccessToken[" + token.hint() + "]");
  }

  @Test
  void switchedOffAndOnAgainWorksUntilItsOwnEnd() {
    AccessToken token = token(YEAR);
    token.deactivate(NOW);
    token.deactivate(WEEK);
    assertThat(token.deactivatedAt()).isEqualTo(NOW);
    assertThat(token.status(NOW, true)).isEqualTo(TokenStatus.DEACTIVATED);
    token.activate();
    assertThat(token.deactivatedAt()).isNull();
    assertThat(token.status(NOW, true)).isEqualTo(TokenStatus.ACTIVE);
    assertThat(token.status(YEAR, true)).isEqualTo(TokenStatus.EXPIRED);
  }

  @Test
  void replacedEndsAfterTheOverlap() {
    AccessToken token = token(YEAR);
    token.replace("successor0", WEEK);
    assertThat(token.replacedBy()).isEqualTo("successor0");
    assertThat(token.expiresAt()).isEqualTo(WEEK);
  }

  @Test
  void replacedNeverOutlivesItsOwnEnd() {
    AccessToken token = token(WEEK);
    token.replace("successor0", YEAR);
    assertThat(token.expiresAt()).isEqualTo(WEEK);
  }

  @Test
  void aTokenWithoutEndGetsOneWhenReplaced() {
    AccessToken token = token(null);
    token.replace("successor0", WEEK);
    assertThat(token.expiresAt()).isEqualTo(WEEK);
  }

  private AccessToken token(@Nullable Instant end) {
    return new AccessToken(minted, "tp", "label", List.of("b", "a"), NOW, "admin", end);
  }
}
