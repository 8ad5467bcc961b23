package dev.latchkey.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// issue 14.10
@DisplayName("A16: what looks like a secret is not said back")
class EchoTest {

  private static final String TOKEN =
      "lk_7Qf0aZr3Kd_Yp2mXw8VtR4nLq6JhB1sGc9DkE5uTzA0oPiN3vCxMyWbeaFgHjK2Q";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nmae",
        "contactName",
        "callback_url",
        "expiring-within",
        "allowedNetworksOfIt",
        "callbackURL",
        "line2",
        "latchkey.token.prefx"
      })
  void saysAMisspeltNameBack(String name) {
    assertThat(Echo.name(name)).isEqualTo(name);
    assertThat(Echo.key(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        TOKEN,
        "lk_7Qf0aZr3Kd_",
        "lks_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7",
        "Yp2mXw8VtR4nLq6JhB1sG",
        "0123456789",
        "deadbeefcafe0123a",
        "eyJhbGciOiJIUzI1NiJ9",
        "c2VjcmV0IHNlY3JldA==",
        "aBcDeFgHiJkL",
        "abcdefghijklmnopqrstuvwxyz",
        "a+b/c",
        "grüße",
        "a b",
        "<b>",
        "a\nb",
        "ghp_16C7e42F292c6912E7"
      })
  void hidesWhatIsNoName(String text) {
    assertThat(Echo.name(text)).isEqualTo("(not shown)");
  }

  @Test
  void hidesANameThatIsLongerThanAnyIs() {
    assertThat(Echo.name("a-long.name-of.many_short.words-x")).isEqualTo("(not shown)");
    assertThat(Echo.key("a-long.name-of.many_short.words-x")).contains("short");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PT30S",
        "https://login.example.org/6ba7b810-9dad-11d1-80b4-00c04fd430c8/v2.0",
        "10.0.0.0/8, 2001:db8::/32",
        "averylongwordthatisnosecretatall"
      })
  void saysAValueBack(String value) {
    assertThat(Echo.value(value)).isEqualTo(value);
  }

  @Test
  @DisplayName("a token that was set as a key, or as the value of another key, is not logged")
  void hidesSecretsInTheConfiguration() {
    assertThatThrownBy(() -> read(Map.of("latchkey." + TOKEN, "true")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("unknown key (not shown) (system property)")
        .hasMessageNotContaining(TOKEN.substring(14));
    assertThatThrownBy(() -> read(Map.of("latchkey.token.prefix", TOKEN)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("latchkey.token.prefix = \"(not shown)\"")
        .hasMessageNotContaining(TOKEN.substring(14));
  }

  private static Settings read(Map<String, String> properties) {
    return Settings.read(Map.of(), properties, Map.of(), Map.of());
  }
}
