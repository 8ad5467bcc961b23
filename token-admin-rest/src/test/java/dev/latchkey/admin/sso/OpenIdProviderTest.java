package dev.latchkey.admin.sso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import jakarta.security.enterprise.authentication.mechanism.http.OpenIdAuthenticationMechanismDefinition;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenIdProviderTest {

  private static final String ISSUER = "latchkey.oidc.issuer";
  private static final String CLIENT = "latchkey.oidc.client-id";
  private static final String SECRET = "latchkey.oidc.client-secret";

  @Test
  void isNotThereByDefault() {
    assertThat(OpenIdProvider.configured(settings(Map.of()))).isEmpty();
    assertThat(OpenIdProvider.configured(settings(Map.of(CLIENT, "x")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.example/realms/staff",
        "http://127.0.0.1:8081/people",
        "http://localhost/people",
        "http://[::1]:1/"
      })
  void isReachedOverTlsOrOnThisMachine(String issuer) {
    assertThat(OpenIdProvider.configured(complete(issuer)))
        .contains(new OpenIdProvider(issuer, "latchkey", "t0psecret", "groups"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.example/",
        "login.example",
        "ftp://login.example/",
        "https://login.example/?a=b",
        "https://login.example/#a",
        "https://login example/",
        "http://127.0.0.1.evil.example/"
      })
  void isRefusedElsewhere(String issuer) {
    assertThatThrownBy(() -> OpenIdProvider.configured(complete(issuer)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(ISSUER)
        .hasMessageNotContaining("t0psecret");
  }

  @ParameterizedTest
  @ValueSource(strings = {CLIENT, SECRET})
  void isRefusedWhenItIsOnlyHalfThere(String missing) {
    Map<String, String> all = new HashMap<>(values("https://login.example/"));
    all.remove(missing);
    assertThatThrownBy(() -> OpenIdProvider.configured(settings(all)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(missing)
        .hasMessageContaining(ISSUER);
  }

  @Test
  void doesNotTellItsSecret() {
    OpenIdProvider provider =
        OpenIdProvider.configured(complete("https://login.example/")).orElseThrow();
    assertThat(provider.toString()).doesNotContain("t0psecret");
    assertThat(OpenIdDefinition.of(provider, Optional.empty()).toString())
        .doesNotContain("t0psecret");
    assertThat(complete("https://login.example/").toString()).doesNotContain("t0psecret");
  }

  @Test
  void givesTheAnnotationItsValuesAndLeavesTheOthers() {
    OpenIdAuthenticationMechanismDefinition definition =
        OpenIdDefinition.of(
            new OpenIdProvider("https://login.example/", "latchkey", "t0psecret", "roles"),
            Optional.empty());
    assertThat(definition.annotationType())
        .isEqualTo(OpenIdAuthenticationMechanismDefinition.class);
    assertThat(definition.providerURI()).isEqualTo("https://login.example/");
    assertThat(definition.clientId()).isEqualTo("latchkey");
    assertThat(definition.clientSecret()).isEqualTo("t0psecret");
    assertThat(definition.redirectURI()).isEqualTo("${baseURL}/sso/callback");
    assertThat(definition.claimsDefinition().callerGroupsClaim()).isEqualTo("roles");
    assertThat(definition.claimsDefinition().callerNameClaim()).isEqualTo("preferred_username");
    assertThat(definition.useNonce()).isTrue();
  }

  // issue 14.6
  @Test
  @DisplayName("people come back to the public URL, where the configuration names one")
  void comesBackToThePublicUrl() {
    OpenIdProvider provider =
        OpenIdProvider.configured(complete("https://login.example/")).orElseThrow();
    URI publicUrl = URI.create("https://keys.example/latchkey/");
    assertThat(OpenIdDefinition.of(provider, Optional.of(publicUrl)).redirectURI())
        .isEqualTo("https://keys.example/latchkey/sso/callback");
  }

  private static Settings complete(String issuer) {
    return settings(values(issuer));
  }

  private static Map<String, String> values(String issuer) {
    return Map.of(ISSUER, issuer, CLIENT, "latchkey", SECRET, "t0psecret");
  }

  private static Settings settings(Map<String, String> values) {
    return Settings.read(Map.of(), values, Map.of(), Map.of());
  }
}
