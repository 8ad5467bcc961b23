package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes of an authenticator (RFC 6238), and what takes their place. */
// issue 14, "Further": a second factor with recovery codes
class TotpTest {

  private static final Totp RFC =
      new Totp("12345678901234567890".getBytes(StandardCharsets.US_ASCII));

  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037",
    "20000000000, 353130"
  })
  @DisplayName("RFC 6238, appendix B: the last six digits of the test vectors")
  void hasTheCodesOfTheStandard(long second, String code) {
    Instant then = Instant.ofEpochSecond(second);
    assertThat(RFC.stepOf(code, then, 0)).hasValue(second / 30);
    assertThat(RFC.stepOf(code, then.minusSeconds(30), 0)).as("a clock behind").isPresent();
    assertThat(RFC.stepOf(code, then.plusSeconds(30), 0)).as("a clock ahead").isPresent();
    assertThat(RFC.stepOf(code, then.minusSeconds(90), 0)).isEmpty();
    assertThat(RFC.stepOf(code, then.plusSeconds(90), 0)).isEmpty();
    assertThat(RFC.stepOf(code, then, second / 30)).as("used before").isEmpty();
  }

  @Test
  void refusesEverythingElse() {
    Instant then = Instant.ofEpochSecond(59);
    for (String wrong : List.of("", "287083", "94287082", "28708", "287082 ", "２８７０８２")) {
      assertThat(RFC.stepOf(wrong, then, 0)).as(wrong).isEmpty();
    }
  }

  @Test
  void readsTheSecretThatItHasWritten() {
    assertThat(RFC.text()).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assertThat(Totp.of(RFC.text())).isEqualTo(RFC);
    Totp random = Totp.random(new SecureRandom());
    assertThat(random.text()).hasSize(32);
    assertThat(Totp.of(random.text())).isEqualTo(random);
    assertThat(random.toString()).doesNotContain(random.text());
    assertThat(RFC.uri("ada@x"))
        .isEqualTo(
            "otpauth://totp/Latchkey:ada%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Latchkey&algorithm=SHA1&digits=6&period=30");
  }

  @Test
  void eachRecoveryCodeWorksOnce() {
    List<String> shown = RecoveryCodes.random(new SecureRandom());
    assertThat(shown)
        .hasSize(10)
        .doesNotHaveDuplicates()
        .allMatch(code -> code.matches("([A-Z2-7]{4}-){3}[A-Z2-7]{4}"));
    RecoveryCodes codes = RecoveryCodes.ofText(RecoveryCodes.of(shown).text());

    RecoveryCodes left =
        codes.without(shown.get(3).toLowerCase(Locale.ROOT).replace("-", " ")).orElseThrow();

    assertThat(left.left()).isEqualTo(9);
    assertThat(left.without(shown.get(3))).isEmpty();
    assertThat(left.without(shown.get(4))).isPresent();
    assertThat(left.without("")).isEmpty();
    assertThat(codes.text()).doesNotContain(shown.get(0).replace("-", ""));
    assertThat(RecoveryCodes.ofText("").without("AAAA-AAAA-AAAA-AAAA")).isEmpty();
  }
}
