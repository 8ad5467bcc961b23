package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// issue 15.13
class NameKeyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Acme\u00a0Bank",
        "Acme\u2003Bank",
        "Acme\u3000Bank",
        "Acme  Bank",
        " Acme \u00a0 Bank ",
        "Acme\u2800Bank",
        "Ac\u200dme Bank",
        "Ac\u200cme Bank",
        "Ac\u200bme Bank",
        "Ac\u2060me Bank",
        "Ac\u00adme Bank",
        "Ac\u034fme Bank",
        "Acme\u3164 Bank",
        "Acme\u115f Bank",
        "Acme\u1160 Bank",
        "Acme\uffa0 Bank",
        "Acme\ufe0f Bank",
        "Acme\ufeff Bank",
        "Acme\udb40\udd00 Bank",
        "Acme\udb40\udc41 Bank",
        "Acme\u180b Bank",
        "Acme\u17b4 Bank",
        "ＡＣＭＥ bank",
        "ACME BANK",
        "𝐀𝐜𝐦𝐞 Bank"
      })
  void namesThatLookTheSameHaveOneKey(String name) {
    assertThat(NameKey.of(name)).isEqualTo(NameKey.of("Acme Bank"));
  }

  @ParameterizedTest
  @CsvSource({
    "straße, STRASSE",
    "STRAẞE, straße",
    "ﬁsh, FISH",
    "Σίσυφος, ΣΊΣΥΦΟΣ",
    "e\u0301, É",
    "ᾳ, ΑΙ",
    "ſ, S",
    "Å, å",
  })
  void namesThatDifferInCaseOrFormHaveOneKey(String one, String other) {
    assertThat(NameKey.of(one)).isEqualTo(NameKey.of(other));
  }

  @ParameterizedTest
  @CsvSource({
    "Ann, Anna",
    "Acme Bank, AcmeBank",
    "Acme, Acmé",
    "ı, i",
    "a, а",
    "中国, 中國",
    "A-B, A B",
    "a\u0300, a\u0301",
  })
  void namesThatLookDifferentHaveTwoKeys(String one, String other) {
    assertThat(NameKey.of(one)).isNotEqualTo(NameKey.of(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\u00a0",
        "\u200b",
        "\u200d\u200c",
        "\u3164",
        "\u115f\u1160",
        "\uffa0",
        "\ufe0f",
        "\u00ad",
        "\u2800",
        "\u034f",
        "\u0301",
        "\udb40\udd00",
        "\ufeff",
        "\u3000 \u2003",
        "\u180e",
        "\ud834\udd59"
      })
  void nothingOfInvisibleCharactersIsVisible(String text) {
    assertThat(NameKey.visible(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "👩\u200d🚀", "می\u200cخواهم", "+", "中", "❤\ufe0f", "é"})
  void otherTextIsVisible(String text) {
    assertThat(NameKey.visible(text)).isTrue();
  }

  @Test
  void theKeyOfAKeyIsTheKey() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE) {
        String key = NameKey.of("x" + Character.toString(c));
        assertThat(NameKey.of(key)).as("U+%04X", c).isEqualTo(key);
      }
    }
  }

  @Test
  void aNameBeginsWithTheKeyOfItsBeginning() {
    for (String beginning : List.of("ac", "ACME ", "Acme\u00a0", "acme\u200b b", "Ａｃ")) {
      assertThat(NameKey.of("Acme Bank")).startsWith(NameKey.ofPrefix(beginning));
    }
    assertThat(NameKey.of("Anna")).doesNotStartWith(NameKey.ofPrefix("Ann "));
    assertThat(NameKey.ofPrefix("\u200b")).isEmpty();
  }
}
