package dev.latchkey.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// issue 15.15
class RequestGrammarTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "/a/b;c=d", "/gr%C3%B6%c3%9fe", "/a%20b", "/a+b", "/a:b@c"})
  void takesAnAddressOfPercentEncodedUtf8(String address) {
    assertThat(RequestGrammar.encoded(address, true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%",
        "/%4",
        "/%zz",
        "/%ff",
        "/%c3",
        "/%ed%a0%80",
        "/%c0%af",
        "/größe",
        "/\u0000",
        "/a b",
        "/%+1",
        "/\u007f"
      })
  void refusesAnyOtherAddress(String address) {
    assertThat(RequestGrammar.encoded(address, true)).isFalse();
    assertThat(RequestGrammar.encoded(address, false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a={b}", "a=\"b|c\"", "a=<b>"})
  void takesMoreCharactersInAQuery(String query) {
    assertThat(RequestGrammar.encoded(query, false)).isTrue();
    assertThat(RequestGrammar.encoded(query, true)).isFalse();
  }
}
