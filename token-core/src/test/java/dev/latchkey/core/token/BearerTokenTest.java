package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {

  @ParameterizedTest
  @DisplayName("A2 1*( ALPHA / DIGIT / \"-\" / \".\" / \"_\" / \"~\" / \"+\" / \"/\" ) *\"=\"")
  @ValueSource(strings = {"a", "AZaz09-._~+/", "abc=", "abc=====", "0"})
  void takesEveryB64token(String text) {
    assertThat(BearerToken.parse(text).orElseThrow().reveal()).isEqualTo(text);
  }

  @ParameterizedTest
  @DisplayName("A2 nothing else is a token")
  @ValueSource(
      strings = {
        "", "=", "==", "a=b", "a b", " a", "a ", "a,b", "a\"", "a\\", "é", "a\u0000", "a\n", "@",
        "[", "`", "{", ":", "a*"
      })
  void refusesWhatIsNone(String text) {
    assertThat(BearerToken.parse(text)).isEmpty();
    assertThat(BearerToken.unchecked("Bearer " + text, 7).isWellFormed()).isFalse();
  }

  @Test
  void uncheckedIsWhatStandsInAHeaderFromThereOn() {
    BearerToken token = BearerToken.unchecked("Bearer abc", 7);
    assertThat(token.isWellFormed()).isTrue();
    assertThat(token).isEqualTo(BearerToken.parse("abc").orElseThrow());
  }

  @Test
  @DisplayName("A16 does not tell its text")
  void doesNotTellItsText() {
    BearerToken token = BearerToken.parse("tell-nobody").orElseThrow();
    assertThat(token).hasToString("BearerToken[…]");
    assertThat(token.hash()).hasToString("TokenHash[…]");
  }

  @Test
  void equalsATokenOfTheSameText() {
    BearerToken token = BearerToken.parse("abc").orElseThrow();
    assertThat(token)
        .isEqualTo(BearerToken.parse("abc").orElseThrow())
        .hasSameHashCodeAs(BearerToken.parse("abc").orElseThrow())
        .isNotEqualTo(BearerToken.parse("abd").orElseThrow())
        .isNotEqualTo("abc");
  }
}
