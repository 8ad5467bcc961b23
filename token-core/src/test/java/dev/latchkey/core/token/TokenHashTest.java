package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenHashTest {

  private static final byte[] OF_ABC =
      HexFormat.of().parseHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  private final TokenHasher hasher = new TokenHasher();

  @Test
  @DisplayName("C2 is the SHA-256 hash of the whole token")
  void isSha256() {
    assertThat(TokenHash.of("abc").toBytes()).isEqualTo(OF_ABC);
  }

  @Test
  void comesBackFromItsBytes() {
    assertThat(TokenHash.ofBytes(OF_ABC))
        .isEqualTo(TokenHash.of("abc"))
        .hasSameHashCodeAs(TokenHash.of("abc"))
        .isNotEqualTo(TokenHash.of("abd"));
    assertThatThrownBy(() -> TokenHash.ofBytes(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a SHA-256 hash has 32 bytes, not 31");
  }

  @Test
  @DisplayName("A17 a hash that differs in any one byte does not match")
  void everyByteCounts() {
    BearerToken token = BearerToken.parse("abc").orElseThrow();
    assertThat(hasher.matches(token, TokenHash.ofBytes(OF_ABC))).isTrue();
    for (int i = 0; i < OF_ABC.length; i++) {
      byte[] other = OF_ABC.clone();
      other[i] ^= 1;
      assertThat(hasher.matches(token, TokenHash.ofBytes(other))).as("byte %d", i).isFalse();
      assertThat(TokenHash.ofBytes(other)).isNotEqualTo(TokenHash.ofBytes(OF_ABC));
    }
  }

  @Test
  @DisplayName("A2 characters that are no bytes match nothing, also not by their lower halves")
  void onlyBytesMatch() {
    assertThat(hasher.matches(BearerToken.unchecked("abc", 0), TokenHash.ofBytes(OF_ABC))).isTrue();
    for (String other : new String[] {"\u0161bc", "a\u0162c", "ab\u1063"}) {
      assertThat(hasher.matches(BearerToken.unchecked(other, 0), TokenHash.ofBytes(OF_ABC)))
          .isFalse();
    }
  }

  @Test
  void matchesTheLongestTokenOfOursAndNoneLonger() {
    String longest = "x".repeat(75);
    assertThat(hasher.matches(BearerToken.parse(longest).orElseThrow(), TokenHash.of(longest)))
        .isTrue();
    String longer = "x".repeat(76);
    assertThat(hasher.matches(BearerToken.parse(longer).orElseThrow(), TokenHash.of(longer)))
        .isFalse();
  }

  @Test
  void anEarlierLongerTokenLeavesNoTrace() {
    hasher.matches(BearerToken.parse("abcdef").orElseThrow(), TokenHash.of("x"));
    assertThat(hasher.matches(BearerToken.parse("abc").orElseThrow(), TokenHash.of("abc")))
        .isTrue();
  }
}
