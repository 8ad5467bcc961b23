package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenHashTest {

  private static final byte[] OF_ABC =
      HexFormat.of().parseHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  private static final String TAIL = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM";
  private static final BearerToken TOKEN = BearerToken.parse("lk_0123456789_" + TAIL).orElseThrow();

  private final TokenHasher hasher = new TokenHasher();

  @Test
  @DisplayName("C2 is a SHA-256 hash")
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
  @DisplayName("C2 the hash of a token is that of prefix, secret and tag: one block of SHA-256")
  void leavesTheIdOut() {
    assertThat(TOKEN.hash()).isEqualTo(TokenHash.of("lk_" + TAIL));
    // 64 bytes, less the one and the length that every message ends with
    assertThat("lk_" + TAIL).hasSizeLessThanOrEqualTo(55);
    assertThat(hasher.matches(TOKEN, TOKEN.hash())).isTrue();
  }

  @Test
  @DisplayName("A17 each character but those of the id counts")
  void everyCharacterCounts() {
    String text = TOKEN.reveal();
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'x' ? 'y' : 'x';
      BearerToken changed =
          BearerToken.unchecked(text.substring(0, i) + other + text.substring(i + 1), 0);
      boolean ofTheId = i >= 3 && i < 14;
      assertThat(hasher.matches(changed, TOKEN.hash())).as("character %d", i).isEqualTo(ofTheId);
    }
  }

  @Test
  @DisplayName("A17 a hash that differs in any one byte does not match")
  void everyByteCounts() {
    byte[] right = TOKEN.hash().toBytes();
    for (int i = 0; i < right.length; i++) {
      byte[] other = right.clone();
      other[i] ^= 1;
      assertThat(hasher.matches(TOKEN, TokenHash.ofBytes(other))).as("byte %d", i).isFalse();
      assertThat(TokenHash.ofBytes(other)).isNotEqualTo(TokenHash.ofBytes(right));
    }
  }

  @Test
  @DisplayName("A2 characters that are no bytes match nothing, also not by their lower halves")
  void onlyBytesMatch() {
    String text = TOKEN.reveal();
    for (int i = 0; i < text.length(); i++) {
      String other = text.substring(0, i) + (char) (text.charAt(i) | 0x100) + text.substring(i + 1);
      assertThat(hasher.matches(BearerToken.unchecked(other, 0), TOKEN.hash())).isFalse();
    }
  }

  @Test
  void matchesTheLongestTokenOfOursAndNoneLonger() {
    BearerToken longest = BearerToken.parse("abcdefghij_0123456789_" + TAIL).orElseThrow();
    assertThat(hasher.matches(longest, longest.hash())).isTrue();
    BearerToken longer = BearerToken.parse("abcdefghijk_0123456789_" + TAIL).orElseThrow();
    assertThat(hasher.matches(longer, longer.hash())).isFalse();
  }

  @Test
  void matchesNothingThatIsTooShortToBeOurs() {
    BearerToken shorter = BearerToken.parse(TAIL + "0123456789").orElseThrow();
    assertThat(hasher.matches(shorter, TokenHash.of(shorter.reveal()))).isFalse();
  }

  @Test
  void anEarlierLongerTokenLeavesNoTrace() {
    BearerToken longest = BearerToken.parse("abcdefghij_0123456789_" + TAIL).orElseThrow();
    assertThat(hasher.matches(longest, TOKEN.hash())).isFalse();
    assertThat(hasher.matches(TOKEN, TOKEN.hash())).isTrue();
  }
}
