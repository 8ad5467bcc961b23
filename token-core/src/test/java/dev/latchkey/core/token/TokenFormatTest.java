package dev.latchkey.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFormatTest {

  private final SecureRandom random = new SecureRandom();
  private final TokenFormat format = new TokenFormat(random);
  private final byte[] oldKey = random.generateSeed(32);
  private final byte[] newKey = random.generateSeed(32);
  private final TagKeys keys = new TagKeys(List.of(newKey));

  @Test
  void mintsPrefixIdSecretAndTag() {
    assertThat(format.mint("lk", keys).token().reveal())
        .matches("lk_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}");
  }

  @Test
  @DisplayName("C4 the documented regular expression matches every prefix that may be configured")
  void theScannersExpressionMatches() {
    for (String prefix : List.of("lk", "a1", "abcdefghij")) {
      assertThat(format.mint(prefix, keys).token().reveal())
          .matches("[a-z0-9]{2,10}_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}");
    }
  }

  @Test
  void namesTheTokenByItsId() {
    MintedToken minted = format.mint("lk", keys);
    long id = TokenFormat.idOf(minted.token());
    assertThat(TokenFormat.idText(id)).isEqualTo(minted.id());
    assertThat(TokenFormat.idOf(minted.id())).isEqualTo(id);
    assertThat(TokenFormat.hint("lk", minted.id()))
        .isEqualTo(minted.token().reveal().substring(0, 14));
  }

  @Test
  @DisplayName("C1 no id and no secret comes twice, and every digit comes")
  void randomPartsDiffer() {
    Set<String> ids = new HashSet<>();
    Set<String> secrets = new HashSet<>();
    Set<Character> digits = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      MintedToken minted = format.mint("lk", keys);
      String secret = minted.token().reveal().substring(14, 57);
      ids.add(minted.id());
      secrets.add(secret);
      secret.chars().forEach(c -> digits.add((char) c));
    }
    assertThat(ids).hasSize(2000);
    assertThat(secrets).hasSize(2000);
    assertThat(digits).hasSize(62);
  }

  @Test
  @DisplayName("C1 the largest secret of 256 bits fits into 43 digits")
  void largestSecretFits() {
    BigInteger largest = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    assertThat(Base62.encode(largest, 43)).hasSize(43).isNotEqualTo(Base62.encode(0, 43));
    assertThat(BigInteger.valueOf(62).pow(43)).isGreaterThan(largest);
    assertThat(BigInteger.valueOf(62).pow(6)).isGreaterThan(BigInteger.TWO.pow(35));
  }

  @Test
  @DisplayName("C3 a token with any one character mistyped is not ours")
  void mistypedIsNotTagged() {
    String text = format.mint("lk", keys).token().reveal();
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'x' ? 'y' : 'x';
      BearerToken mistyped = token(text.substring(0, i) + other + text.substring(i + 1));
      boolean ours =
          TokenFormat.idOf(mistyped) != TokenFormat.NOT_OURS && TokenFormat.tagged(mistyped, keys);
      assertThat(ours).as("character %d", i).isFalse();
    }
  }

  @Test
  @DisplayName("C3 a token of another installation is not ours")
  void anotherInstallationsIsNotTagged() {
    BearerToken foreign = format.mint("lk", new TagKeys(List.of(oldKey))).token();
    assertThat(TokenFormat.tagged(foreign, keys)).isFalse();
  }

  @Test
  @DisplayName("C3 a token from before a key rotation is still ours, new ones carry the new key")
  void rotationKeepsTheOldKeyForChecking() {
    BearerToken old = format.mint("lk", new TagKeys(List.of(oldKey))).token();
    TagKeys rotated = new TagKeys(List.of(newKey, oldKey));
    assertThat(TokenFormat.tagged(old, rotated)).isTrue();
    assertThat(TokenFormat.tagged(format.mint("lk", rotated).token(), keys)).isTrue();
  }

  @Test
  void theTagIsTheFirst35BitsOfTheHmac() {
    TagKeys key = new TagKeys(List.of("key".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    // HMAC-SHA-256 of a known text: f7bc83f430538424…
    assertThat(key.tag("The quick brown fox jumps over the lazy dog"))
        .isEqualTo(0xf7bc83f430538424L >>> 29);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "lk",
        "lk_7Qf0aZr3Kd_",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig",
        // one character too short and too long, and prefixes of 1 and 11 characters
        "lk_7Qf0aZr3Kd_000000000000000000000000000000000000000000000000",
        "l_7Qf0aZr3Kd_0000000000000000000000000000000000000000000000000",
        "abcdefghijk_7Qf0aZr3Kd_0000000000000000000000000000000000000000000000000",
        // separators not where they belong
        "lk-7Qf0aZr3Kd_0000000000000000000000000000000000000000000000000",
        "lk_7Qf0aZr3Kd-0000000000000000000000000000000000000000000000000",
        // no digit in the id
        "lk_7Qf0aZr3K~_0000000000000000000000000000000000000000000000000",
      })
  void foreignFormatsHaveNoId(String text) {
    assertThat(TokenFormat.idOf(token(text))).isEqualTo(TokenFormat.NOT_OURS);
  }

  @Test
  void shortestAndLongestPrefixHaveAnId() {
    String tail = "_0000000001_0000000000000000000000000000000000000000000000000";
    assertThat(TokenFormat.idOf(token("ab" + tail))).isEqualTo(1);
    assertThat(TokenFormat.idOf(token("abcdefghij" + tail))).isEqualTo(1);
  }

  @Test
  void anIdHasTenDigits() {
    assertThat(TokenFormat.idOf("0000000010")).isEqualTo(62);
    assertThat(TokenFormat.idOf("zzzzzzzzzz")).isEqualTo(839299365868340223L);
    assertThat(TokenFormat.idText(839299365868340223L)).isEqualTo("zzzzzzzzzz");
    assertThat(TokenFormat.idOf("000000001")).isEqualTo(TokenFormat.NOT_OURS);
    assertThat(TokenFormat.idOf("00000000001")).isEqualTo(TokenFormat.NOT_OURS);
    assertThat(TokenFormat.idOf("00000000é1")).isEqualTo(TokenFormat.NOT_OURS);
  }

  @Test
  @DisplayName("C3 a last character that is no digit is no tag")
  void aTagHasDigitsOnly() {
    String text = format.mint("lk", keys).token().reveal();
    assertThat(TokenFormat.tagged(token(text.substring(0, 62) + "~"), keys)).isFalse();
  }

  private static BearerToken token(String text) {
    return BearerToken.parse(text).orElseThrow();
  }
}
