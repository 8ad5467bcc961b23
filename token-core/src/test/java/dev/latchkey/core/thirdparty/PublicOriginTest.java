package dev.latchkey.core.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// issue 14.6
@DisplayName("F6: one resolver of the public origin")
class PublicOriginTest {

  private static final ClientAddress PROXIES =
      new ClientAddress(AllowedNetworks.of(List.of("10.0.0.0/8")));

  // Headers are separated by ' | ', lines of the same header as well.
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiterString = "->",
      textBlock =
          """
          X-Other: 1                                                     -> http://inside:8080/latchkey
          X-Forwarded-Proto: https                                       -> https://inside:8080/latchkey
          X-Forwarded-Proto: HTTPS | X-Forwarded-Host: keys.example      -> https://keys.example/latchkey
          X-Forwarded-Proto: https | X-Forwarded-Host: Keys.example:443  -> https://keys.example/latchkey
          X-Forwarded-Proto: https | X-Forwarded-Host: keys.example:8443 -> https://keys.example:8443/latchkey
          X-Forwarded-Host: keys.example | X-Forwarded-Port: 8081        -> http://keys.example:8081/latchkey
          X-Forwarded-Host: keys.example:1 | X-Forwarded-Port: 2         -> http://inside:8080/latchkey
          X-Forwarded-Host: [2001:db8::1]:8443                           -> http://[2001:db8::1]:8443/latchkey
          X-Forwarded-Prefix: /a                                         -> http://inside:8080/a/latchkey
          X-Forwarded-Prefix: /a/b/                                      -> http://inside:8080/a/b/latchkey
          X-Forwarded-Prefix: /                                          -> http://inside:8080/latchkey
          X-Forwarded-Prefix: //evil.example                             -> http://inside:8080/latchkey
          X-Forwarded-Prefix: /a/../b                                    -> http://inside:8080/latchkey
          X-Forwarded-Prefix: /a?b                                       -> http://inside:8080/latchkey
          X-Forwarded-Proto: https, https                                -> https://inside:8080/latchkey
          X-Forwarded-Proto: https, http                                 -> http://inside:8080/latchkey
          X-Forwarded-Proto: https | X-Forwarded-Proto: http             -> http://inside:8080/latchkey
          X-Forwarded-Proto: javascript                                  -> http://inside:8080/latchkey
          X-Forwarded-Host: keys.example, evil.example                   -> http://inside:8080/latchkey
          X-Forwarded-Host: keys.example/evil                            -> http://inside:8080/latchkey
          X-Forwarded-Host: user@evil.example                            -> http://inside:8080/latchkey
          X-Forwarded-Host: keys.example:0                               -> http://inside:8080/latchkey
          X-Forwarded-Host: keys.example:x                               -> http://inside:8080/latchkey
          X-Forwarded-Host: keys example                                 -> http://inside:8080/latchkey
          X-Forwarded-Host: [::1%25a]                                    -> http://inside:8080/latchkey
          Forwarded: for=192.0.2.1;proto=https;host=keys.example         -> https://keys.example/latchkey
          Forwarded: For="[2001:db8::1]:47";Proto=HTTPS;Host="k.example:81" -> https://k.example:81/latchkey
          Forwarded: host=evil.example, for=192.0.2.1;host=keys.example  -> http://keys.example/latchkey
          Forwarded: for=192.0.2.1;host=keys.example, for=10.0.0.2;host=b -> http://keys.example/latchkey
          Forwarded: for=192.0.2.1;host=evil.example, host=keys.example  -> http://keys.example/latchkey
          Forwarded: host=a.example;host=b.example                       -> http://inside:8080/latchkey
          Forwarded: proto=https | X-Forwarded-Proto: http               -> http://inside:8080/latchkey
          Forwarded: proto=https | X-Forwarded-Proto: https              -> https://inside:8080/latchkey
          Forwarded: host=a.example | X-Forwarded-Host: b.example        -> http://inside:8080/latchkey
          Origin: https://inside:8443                                    -> https://inside:8443/latchkey
          Origin: https://inside                                         -> https://inside/latchkey
          Origin: https://other.example                                  -> https://inside:8080/latchkey
          Origin: http://inside                                          -> http://inside:8080/latchkey
          Origin: null                                                   -> http://inside:8080/latchkey
          Origin: ::                                                     -> http://inside:8080/latchkey
          X-Forwarded-Host: keys.example | Origin: https://keys.example  -> https://keys.example/latchkey
          X-Forwarded-Proto: http | Origin: https://inside               -> https://inside/latchkey
          """)
  void believesTrustedProxies(String headers, String url) {
    assertThat(of(null, "10.0.0.1", headers)).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Prefix: /a",
        "X-Forwarded-Port: 1",
        "Forwarded: for=10.0.0.2;proto=https;host=evil.example"
      })
  void believesNobodyElse(String headers) {
    assertThat(of(null, "192.0.2.1", headers)).isEqualTo("http://inside:8080/latchkey");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Proto: http | X-Forwarded-Host: evil.example | X-Forwarded-Prefix: /a",
        "Origin: https://other.example",
        "X-Other: 1"
      })
  void takesTheConfiguredUrlFirst(String headers) {
    URI configured = URI.create("https://keys.example/keys/");
    assertThat(of(configured, "10.0.0.1", headers)).isEqualTo("https://keys.example/keys");
  }

  @ParameterizedTest
  @CsvSource({
    "http, inside, 80, http://inside/latchkey",
    "https, inside, 443, https://inside/latchkey",
    "https, inside, 80, https://inside:80/latchkey",
    "http, ::1, 8080, http://[::1]:8080/latchkey",
    "http, [::1], 8080, http://[::1]:8080/latchkey"
  })
  void writesWhatTheServerSees(String scheme, String host, int port, String url) {
    PublicOrigin origin = new PublicOrigin(null, PROXIES);
    assertThat(
            origin.of(
                new PublicOrigin.Seen("192.0.2.1", scheme, host, port, "/latchkey", name -> null)))
        .hasToString(url);
  }

  @Test
  @DisplayName("a proxy that ends TLS and passes the host on without a port means the usual port")
  void dropsThePortOfTheSchemeBehindTheProxy() {
    PublicUrl url =
        new PublicOrigin(null, PROXIES)
            .of(
                new PublicOrigin.Seen(
                    "10.0.0.1",
                    "http",
                    "keys.example",
                    80,
                    "",
                    name ->
                        name.equals("X-Forwarded-Proto")
                            ? Collections.enumeration(List.of("https"))
                            : null));
    assertThat(url).hasToString("https://keys.example");
    assertThat(url.secure()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://keys.example/latchkey",
        "http://127.evil.example/",
        "https://keys.example/?a",
        "https://keys.example/#a",
        "https://user@keys.example/",
        "https://keys.example/a/../b",
        "https://keys.example//b",
        "ftp://keys.example/",
        "//keys.example",
        "keys.example",
        "https://"
      })
  void refusesAConfiguredUrlThatIsNone(String url) {
    assertThatThrownBy(() -> configured(url))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("latchkey.admin.public-url");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://keys.example",
        "https://keys.example:8443/latchkey/",
        "http://localhost:8080/latchkey",
        "http://127.0.0.1",
        "http://[::1]:8080/"
      })
  void takesAConfiguredUrl(String url) {
    assertThat(configured(url).get(Key.ADMIN_PUBLIC_URL)).contains(URI.create(url));
  }

  private static Settings configured(String url) {
    return Settings.read(Map.of(), Map.of("latchkey.admin.public-url", url), Map.of(), Map.of());
  }

  private static String of(@Nullable URI configured, String peer, String headers) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (String line : headers.split(" \\| ", -1)) {
      int colon = line.indexOf(": ");
      lines.merge(
          line.substring(0, colon),
          List.of(line.substring(colon + 2)),
          (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
    }
    return new PublicOrigin(configured, PROXIES)
        .of(
            new PublicOrigin.Seen(
                peer,
                "http",
                "inside",
                8080,
                "/latchkey",
                name -> Collections.enumeration(lines.getOrDefault(name, List.of()))))
        .toString();
  }
}
