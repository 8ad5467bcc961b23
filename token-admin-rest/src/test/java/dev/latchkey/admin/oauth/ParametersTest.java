package dev.latchkey.admin.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthRefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** RFC 6749 §3.1, §3.2 and Appendix B. */
@DisplayName("B1 parameters")
class ParametersTest {

  private static final String FORM = "application/x-www-form-urlencoded";

  @ParameterizedTest
  @CsvSource({
    "a, a",
    "a+b, a b",
    "%41%2b, A+",
    "%c3%bc, \u00fc",
    "\u00c3\u00bc, \u00fc",
    "%F0%9F%94%91, \uD83D\uDD11",
    "%3A%26%3D%25, :&=%"
  })
  void areDecoded(String encoded, String expected) {
    assertThat(Parameters.decoded(encoded)).isEqualTo(expected);
    assertThat(Parameters.of("x=" + encoded).required("x")).isEqualTo(expected);
    assertThat(Parameters.of(encoded + "=x").required(expected)).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%",
        "%4",
        "a%4",
        "%g1",
        "%1g",
        "%-1",
        "%\uff11\uff11",
        "%ff",
        "%c3",
        "%ed%a0%80",
        "%c0%80",
        "\u0100"
      })
  void areRefusedWhenTheyAreMalformed(String encoded) {
    isInvalid(() -> Parameters.of("x=" + encoded));
    isInvalid(() -> Parameters.of(encoded + "=x"));
  }

  @Test
  void areLeftOutWhenTheyAreEmpty() {
    Parameters parameters = Parameters.of("&&a&b=&=c&d=e=f&");

    assertThat(parameters.optional("a")).isNull();
    assertThat(parameters.optional("b")).isNull();
    assertThat(parameters.optional("missing")).isNull();
    assertThat(parameters.optional("")).isEqualTo("c");
    assertThat(parameters.optional("d")).isEqualTo("e=f");
    isInvalid(() -> parameters.required("b"));
    isInvalid(() -> parameters.required("missing"));
    assertThat(Parameters.of(null).optional("a")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=1&a=1", "a=1&a=", "a&a", "a=1&%61=2", "a=&a=&a=1"})
  void areRefusedWhenTheyComeTwiceAndAreAskedFor(String form) {
    Parameters parameters = Parameters.of(form + "&b=2");

    assertThat(parameters.isRepeated("a")).isTrue();
    isInvalid(() -> parameters.optional("a"));
    isInvalid(() -> parameters.required("a"));
    assertThat(parameters.required("b")).isEqualTo("2");
    assertThat(parameters.toString()).isEqualTo("Parameters[…]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        FORM,
        FORM + ";charset=UTF-8",
        FORM + " ; charset=\"utf-8\"",
        FORM + "; x=y",
        "APPLICATION/x-www-form-urlencoded"
      })
  void areReadFromAForm(String type) throws IOException {
    assertThat(Parameters.ofForm(request(type, "a=%C3%BC")).required("a")).isEqualTo("\u00fc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json",
        "multipart/form-data; boundary=x",
        FORM + "x",
        FORM + "; charset=iso-8859-1",
        FORM + "; charset=utf-8; charset=utf-16",
        "text/plain; a=" + FORM
      })
  void areReadFromNothingElse(String type) {
    isInvalid(() -> Parameters.ofForm(request(type, "a=b")));
  }

  @Test
  void areReadUpTo64Kilobytes() throws IOException {
    String most = "a=" + "x".repeat(64 * 1024 - 2);

    assertThat(Parameters.ofForm(request(FORM, most)).required("a")).hasSize(64 * 1024 - 2);
    assertThatThrownBy(() -> Parameters.ofForm(request(FORM, most + "x")))
        .isInstanceOf(Parameters.TooLargeException.class);
  }

  @Test
  void areNotReadFromTheUrl() throws IOException {
    MockHttpServletRequest request = request(FORM, "b=2");
    request.setQueryString("a=1");
    request.setParameter("a", "1");

    assertThat(Parameters.ofForm(request).optional("a")).isNull();
  }

  private static MockHttpServletRequest request(String type, String body) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/oauth/token");
    if (!type.isEmpty()) {
      request.setContentType(type);
    }
    request.setContent(body.getBytes(StandardCharsets.UTF_8));
    return request;
  }

  private static void isInvalid(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OAuthRefusedException.class,
            refused -> assertThat(refused.error()).isEqualTo(OAuthError.INVALID_REQUEST));
  }
}
