package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThirdPartyTest {

  @ParameterizedTest
  @CsvSource({
    "Xpress Bill Pay, xpress bill pay",
    "STRASSE, Straße",
    "ＸＰＲ, xpr",
    "ΣΊΣΥΦΟΣ, σίσυφοσ",
    "İstanbul, i̇stanbul",
    "Ǆ, ǆ",
  })
  void namesThatDifferOnlyInCaseOrWidthAreOne(String one, String other) {
    assertThat(ThirdParty.nameKey(one)).isEqualTo(ThirdParty.nameKey(other));
  }
}
