package dev.latchkey.admin.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.oauth.OAuthRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** RFC 6749 §2.3.1. */
@DisplayName("B2 client credentials")
class ClientCredentialsTest {

  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @ParameterizedTest
  @CsvSource({
    "id:secret, id, secret",
    "id:sec:ret, id, sec:ret",
    "i%3Ad:sec%3Aret, i:d, sec:ret",
    "i+d:s%2Bt, i d, s+t",
    "%C3%BC:\u00fc, \u00fc, \u00fc",
    "id:, id, ''",
    ":secret, '', secret"
  })
  void areDecodedAsPartsOfAForm(String basic, String id, String secret) {
    request.addHeader("Authorization", "Basic " + base64(basic));

    assertThat(ClientCredentials.of(request, Parameters.of("")))
        .isEqualTo(new ClientCredentials(id, secret));
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "BASIC", "Basic "})
  void takeTheSchemeInAnyCase(String scheme) {
    request.addHeader("Authorization", scheme + ' ' + base64("id:secret"));

    assertThat(ClientCredentials.of(request, Parameters.of("")).id()).isEqualTo("id");
  }

  @Test
  void mayComeInTheBody() {
    assertThat(ClientCredentials.of(request, Parameters.of("client_id=a%2Bb&client_secret=c+d")))
        .isEqualTo(new ClientCredentials("a+b", "c d"));
  }

  @ParameterizedTest
  @CsvSource({
    "client_id=id, 200",
    "client_id=another, invalid_request",
    "client_secret=secret, invalid_request",
    "client_id=id&client_id=id, invalid_request"
  })
  void neverComeInBothWays(String form, String expected) {
    request.addHeader("Authorization", "Basic " + base64("id:secret"));

    assertThat(outcome(form)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "client_id=id", "client_secret=secret", "client_id=&client_secret="})
  void areNeeded(String form) {
    assertThat(outcome(form)).isEqualTo("invalid_client");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Basic", "Basic ", "Basic aWQ", "Basic !", "Basicx aWQ6eA==", "Bearer x"})
  void areNeededInTheHeader(String header) {
    request.addHeader("Authorization", header);

    assertThat(outcome("")).isEqualTo("invalid_client");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id:%", "id:%zz", "%ff:secret"})
  void areRefusedAsWrongWhenTheyAreMalformed(String basic) {
    request.addHeader("Authorization", "Basic " + base64(basic));

    assertThat(outcome("")).isEqualTo("invalid_client");
  }

  @Test
  void comeInOneField() {
    request.addHeader("Authorization", "Basic " + base64("id:secret"));
    request.addHeader("Authorization", "Basic " + base64("id:secret"));

    assertThat(outcome("")).isEqualTo("invalid_request");
  }

  @Test
  @DisplayName("A16 are not told")
  void areNotTold() {
    assertThat(new ClientCredentials("id", "secret").toString()).doesNotContain("id", "secret");
    assertThatThrownBy(() -> ClientCredentials.of(request, Parameters.of("client_secret=hush")))
        .hasMessageNotContaining("hush");
  }

  private String outcome(String form) {
    try {
      ClientCredentials.of(request, Parameters.of(form));
      return "200";
    } catch (OAuthRefusedException refused) {
      return refused.error().toString();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
