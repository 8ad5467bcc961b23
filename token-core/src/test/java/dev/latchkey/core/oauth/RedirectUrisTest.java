package dev.latchkey.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9700 §2.1, RFC 8252 §7.3. */
@DisplayName("B5 a redirect URI")
class RedirectUrisTest {

  private static final String REGISTERED = "https://xn--bcher-kva.example/callback?a=b";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://xn--bcher-kva.example/callback?a=b ",
        " https://xn--bcher-kva.example/callback?a=b",
        "https://xn--bcher-kva.example/callback?a=b#",
        "https://xn--bcher-kva.example/callback?a=b#f",
        "https://xn--bcher-kva.example/callback?a=b&c=d",
        "https://xn--bcher-kva.example/callback?a=c",
        "https://xn--bcher-kva.example/callback",
        "https://xn--bcher-kva.example/callback/?a=b",
        "https://xn--bcher-kva.example/Callback?a=b",
        "https://xn--bcher-kva.example/%63allback?a=b",
        "https://xn--bcher-kva.example/x/../callback?a=b",
        "https://xn--bcher-kva.example//callback?a=b",
        "https://xn--bcher-kva.example:443/callback?a=b",
        "https://xn--bcher-kva.example:8443/callback?a=b",
        "https://user@xn--bcher-kva.example/callback?a=b",
        "https://xn--bcher-kva.example@evil.example/callback?a=b",
        "https://xn--bcher-kva.example.evil.example/callback?a=b",
        "https://xn--bcher-kva.example./callback?a=b",
        "https://XN--BCHER-KVA.example/callback?a=b",
        "https://bücher.example/callback?a=b",
        "HTTPS://xn--bcher-kva.example/callback?a=b",
        "http://xn--bcher-kva.example/callback?a=b",
        "//xn--bcher-kva.example/callback?a=b",
        "/callback?a=b",
        "",
        "https://xn--bcher-kva.example\\@evil.example/callback?a=b",
        "https://xn--bcher-kva.example/callback?a=b\r\nX: y"
      })
  void isTheRegisteredOneCharacterByCharacter(String asked) {
    assertThat(RedirectUris.matches(REGISTERED, REGISTERED)).isTrue();
    assertThat(RedirectUris.matches(REGISTERED, asked)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1/cb, http://127.0.0.1:51004/cb",
    "http://127.0.0.1:1/cb, http://127.0.0.1/cb",
    "http://[::1]:1/cb, http://[::1]:65535/cb",
    "http://localhost/cb?a=b, http://localhost:8080/cb?a=b"
  })
  void mayNameAnotherPortOnTheLoopbackInterface(String registered, String asked) {
    assertThat(RedirectUris.matches(registered, asked)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:08080/cb",
        "http://127.0.0.1:8080/cb/",
        "http://127.0.0.1:8080/CB",
        "http://127.0.0.1:8080/cb?a",
        "http://127.0.0.1:8080/cb?",
        "http://127.0.0.1:8080/cb#",
        "http://127.0.0.1:8080/c%62",
        "http://u@127.0.0.1:8080/cb",
        "https://127.0.0.1:8080/cb",
        "HTTP://127.0.0.1:8080/cb",
        "http://127.0.0.2:8080/cb",
        "http://localhost:8080/cb",
        "http://127.0.0.1.evil.example:8080/cb",
        "http://127.0.0.1:8080@evil.example/cb",
        "http://evil.example:8080/cb",
        "http://127.0.0.1:99999/cb"
      })
  void isOtherwiseTheSameThere(String asked) {
    assertThat(RedirectUris.matches("http://127.0.0.1/cb", asked)).isFalse();
  }
}
