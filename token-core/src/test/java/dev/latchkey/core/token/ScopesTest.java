package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopesTest {

  @ParameterizedTest
  @DisplayName("RFC 6749 §3.3: 1*( %x21 / %x23-5B / %x5D-7E )")
  @ValueSource(strings = {"a", "licences:read", "!", "~", "#", "[", "]", "https://x/y?z"})
  void aScopeIsPrintableAscii(String scope) {
    assertThat(Scopes.valid(scope)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\"b", "a\\b", "é", "a\u007f", "a\t"})
  void spacesQuotesAndTheRestAreNot(String scope) {
    assertThat(Scopes.valid(scope)).isFalse();
  }

  @Test
  void areWrittenSortedAndOnce() {
    assertThat(Scopes.text(List.of("b", "a", "b"))).isEqualTo("a b");
    assertThat(Scopes.parse("b a")).containsExactly("a", "b");
    assertThat(Scopes.parse("")).isEmpty();
    assertThat(Scopes.both(List.of("a", "b"), List.of("c", "b"))).containsExactly("b");
  }
}
