package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input at the OAuth endpoints, and what it gets (security requirements B1 to B11). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(32)
@Tag("admin")
@Tag("once")
class OAuthInputIT {

  private static final String GRANT = "grant_type=client_credentials";
  private static final String VERIFIER = "v".repeat(43);
  // BASE64URL(SHA-256(VERIFIER)) does not matter where nobody gets as far as that.
  private static final String CHALLENGE = "c".repeat(43);

  private final Latchkey latchkey;
  private final OAuthClient client;

  OAuthInputIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.client =
        OAuthClient.registered(latchkey, Map.of("scopes", List.of("a", "latchkey:introspect")));
  }

  static Stream<Arguments> endpointsAndForms() {
    return Stream.of(
            Arguments.of("nothing", "", "400 invalid_request"),
            Arguments.of("a lone ampersand", "&", "400 invalid_request"),
            Arguments.of("a name without a value", "$P", "400 invalid_request"),
            Arguments.of("an empty value", "$P=", "400 invalid_request"),
            Arguments.of("the same twice", "$P=$V&$P=$V", "400 invalid_request"),
            Arguments.of("twice, once empty", "$P=$V&$P=", "400 invalid_request"),
            Arguments.of("the same twice, encoded", "$P=$V&%$X=$V", "400 invalid_request"),
            Arguments.of("a broken escape", "$P=%2", "400 invalid_request"),
            Arguments.of("an escape of no number", "$P=%zz", "400 invalid_request"),
            Arguments.of("an escape of signs", "$P=%+1", "400 invalid_request"),
            Arguments.of("not UTF-8", "$P=%c3%28", "400 invalid_request"),
            Arguments.of("half of a pair in UTF-8", "$P=%ed%a0%80", "400 invalid_request"),
            Arguments.of("another case of the name", "$U=$V", "400 invalid_request"),
            Arguments.of("JSON in a form", "{\"$P\": \"$V\"}", "400 invalid_request"))
        .flatMap(
            row ->
                Stream.of("token", "introspect", "revoke")
                    .map(
                        endpoint ->
                            Arguments.of(endpoint, row.get()[0], row.get()[1], row.get()[2])));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("endpointsAndForms")
  @DisplayName("B1 the one parameter that each endpoint needs")
  void refusesMalformedForms(String endpoint, String what, String form, String expected) {
    String name = endpoint.equals("token") ? "grant_type" : "token";
    String value = endpoint.equals("token") ? "client_credentials" : "x";
    String sent =
        form.replace("$P", name)
            .replace("$X", Integer.toHexString(name.charAt(0)) + name.substring(1))
            .replace("$U", name.toUpperCase(java.util.Locale.ROOT))
            .replace("$V", value);

    isError(expected, authenticated(endpoint, sent));
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "introspect", "revoke"})
  @DisplayName("B1 unknown parameters are ignored, also when they come twice or are not ASCII")
  void ignoresUnknownParameters(String endpoint) {
    String form = endpoint.equals("token") ? GRANT : "token=x";

    authenticated(endpoint, form + "&resource=a&resource=b&%C3%BC=%F0%9F%94%91&&").hasStatus(200);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 400",
    "multipart/form-data; boundary=x, 400",
    "text/plain, 400",
    "application/x-www-form-urlencoded; charset=ISO-8859-1, 400",
    "application/x-www-form-urlencoded; charset=UTF-16, 400",
    "application/x-www-form-urlencoded-x, 400",
    "application/x-www-form-urlencoded; charset=utf-8, 200",
    "application/x-www-form-urlencoded;charset=\"UTF-8\", 200",
    "Application/X-WWW-Form-URLencoded, 200"
  })
  @DisplayName("B1 a form of UTF-8 and no other content type")
  void takesFormsAlone(String type, int status) {
    Answer answer =
        latchkey
            .calls("/latchkey/oauth/token")
            .by("POST")
            .sending(type, GRANT)
            .signedInAs(client.id(), client.secret())
            .answer();

    if (status == 200) {
      answer.hasStatus(200);
      latchkey.secrets().seen(answer.json().getString("access_token"));
    } else {
      isError("400 invalid_request", answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "introspect", "revoke"})
  @DisplayName("B1 without a content type")
  void refusesNoContentType(String endpoint) {
    isError(
        "400 invalid_request",
        latchkey
            .calls("/latchkey/oauth/" + endpoint)
            .by("POST")
            .signedInAs(client.id(), client.secret())
            .answer());
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "introspect", "revoke"})
  @DisplayName("B1 a body of 200 KB is 413")
  void refusesLargeBodies(String endpoint) {
    isError(
        "413 invalid_request",
        authenticated(endpoint, GRANT + "&token=x&filler=" + "x".repeat(200_000)));
  }

  @ParameterizedTest
  @CsvSource({
    "scope, 400 invalid_scope",
    "grant_type, 400 unsupported_grant_type",
    "client_id, 400 invalid_request"
  })
  @DisplayName("B1 over-long values")
  void refusesOverLongValues(String name, String expected) {
    String form = name.equals("grant_type") ? "" : GRANT + "&";

    isError(expected, authenticated("token", form + name + "=" + "x".repeat(60_000)));
  }

  @ParameterizedTest
  @CsvSource({"token, false", "token, true", "introspect, true", "revoke, true"})
  @DisplayName("B1 nothing is read from the query of a POST, credentials least of all")
  void readsNothingFromTheQuery(String endpoint, boolean formAsWell) {
    String credentials = "client_id=" + client.id() + "&client_secret=" + client.secret();

    Answer answer =
        latchkey
            .calls("/latchkey/oauth/" + endpoint + "?token=x&" + GRANT + "&" + credentials)
            .by("POST")
            .sending(OAuthClient.FORM, formAsWell ? GRANT + "&token=x" : "")
            .answer();

    isError("401 invalid_client", answer);
  }

  static Stream<Arguments> endpointsAndMethods() {
    return Stream.of("token", "introspect", "revoke", "leaked")
        .flatMap(
            endpoint ->
                Stream.of("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")
                    .map(method -> Arguments.of(method, endpoint)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("endpointsAndMethods")
  @DisplayName("B1 any method but POST is 405")
  void takesPostAlone(String method, String endpoint) {
    Answer answer = latchkey.calls("/latchkey/oauth/" + endpoint).by(method).rawAnswer();

    answer.hasStatus(405);
    assertThat(answer.field("Allow")).isEqualTo("POST");
  }

  static Stream<Arguments> credentials() {
    return Stream.of(
        Arguments.of("$I:$S", "", "200"),
        Arguments.of("%$H$T:$S", "", "200"),
        Arguments.of("$I:wrong", "", "401 invalid_client"),
        Arguments.of("$I:$S:", "", "401 invalid_client"),
        Arguments.of("$I:", "", "401 invalid_client"),
        Arguments.of(":$S", "", "401 invalid_client"),
        Arguments.of(":", "", "401 invalid_client"),
        Arguments.of("$I$S", "", "401 invalid_client"),
        Arguments.of(" $I:$S", "", "401 invalid_client"),
        Arguments.of("$I :$S", "", "401 invalid_client"),
        Arguments.of("$I:$S%00", "", "401 invalid_client"),
        Arguments.of("$I:%zz", "", "401 invalid_client"),
        Arguments.of("$I:%ff", "", "401 invalid_client"),
        Arguments.of("$L:$S", "", "401 invalid_client"),
        Arguments.of("", "client_id=$I&client_secret=$S", "200"),
        Arguments.of("", "client_id=$I&client_secret=wrong", "401 invalid_client"),
        Arguments.of("", "client_id=$I", "401 invalid_client"),
        Arguments.of("", "client_secret=$S", "401 invalid_client"),
        Arguments.of("", "client_id=$I&client_secret=", "401 invalid_client"),
        Arguments.of("", "", "401 invalid_client"),
        Arguments.of("", "client_id=$I&client_id=$I&client_secret=$S", "400 invalid_request"),
        Arguments.of("", "client_id=$I&client_secret=$S&client_secret=$S", "400 invalid_request"),
        Arguments.of("$I:$S", "client_id=$I", "200"),
        Arguments.of("$I:$S", "client_id=another", "400 invalid_request"),
        Arguments.of("$I:$S", "client_secret=$S", "400 invalid_request"),
        Arguments.of("$I:$S", "client_id=$I&client_secret=$S", "400 invalid_request"));
  }

  @ParameterizedTest(name = "Basic {0}, form {1}: {2}")
  @MethodSource("credentials")
  @DisplayName("B2 credentials in either way, never in both")
  void authenticatesInOneWay(String basic, String form, String expected) {
    Call call = OAuthClient.posts(latchkey, "token", GRANT + "&" + filled(form));
    Answer answer =
        (basic.isEmpty() ? call : call.with("Authorization", "Basic " + base64(filled(basic))))
            .answer();

    if (expected.equals("200")) {
      latchkey.secrets().seen(answer.hasStatus(200).json().getString("access_token"));
    } else {
      isError(expected, answer);
    }
  }

  private String filled(String text) {
    String id = client.id();
    return text.replace("$I", id)
        .replace("$S", client.secret())
        .replace("$H", Integer.toHexString(id.charAt(0)))
        .replace("$T", id.substring(1))
        .replace("$L", otherCase(id));
  }

  private static String otherCase(String id) {
    String lower = id.toLowerCase(java.util.Locale.ROOT);
    return lower.equals(id) ? id.toUpperCase(java.util.Locale.ROOT) : lower;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Basic", "Basic ", "Basic ====", "Basic !", "Bearer x", "Digest a=b", "x"})
  @DisplayName("B2 other Authorization fields")
  void refusesOtherAuthorization(String field) {
    Answer answer =
        OAuthClient.posts(latchkey, "token", GRANT).with("Authorization", field).rawAnswer();

    isError("401 invalid_client", answer);
    assertThat(answer.field("WWW-Authenticate")).startsWith("Basic realm=");
  }

  @Test
  @DisplayName("B2 two Authorization fields, also of the same credentials")
  void refusesTwoAuthorizationFields() {
    Answer answer =
        OAuthClient.posts(latchkey, "token", GRANT)
            .signedInAs(client.id(), client.secret())
            .signedInAs(client.id(), client.secret())
            .rawAnswer();

    isError("400 invalid_request", answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a%20%20a",
        "%20a",
        "a%20",
        "a%09a",
        "a%0Aa",
        "%22a%22",
        "a%5Ca",
        "%C3%BC",
        "A",
        "a,a",
        "*",
        "latchkey:admin",
        "a%20latchkey:operator"
      })
  @DisplayName("B4 scopes that are malformed or not the client's")
  void refusesOtherScopes(String scope) {
    isError("400 invalid_scope", authenticated("token", GRANT + "&scope=" + scope));
  }

  static Stream<Arguments> verifiers() {
    return Stream.of(
        Arguments.of("v".repeat(42), "400 invalid_request"),
        Arguments.of("v".repeat(43), "400 invalid_grant"),
        Arguments.of("v".repeat(128), "400 invalid_grant"),
        Arguments.of("v".repeat(129), "400 invalid_request"),
        Arguments.of("v".repeat(42) + "%20", "400 invalid_request"),
        Arguments.of("v".repeat(42) + "%C3%BC", "400 invalid_request"),
        Arguments.of("", "400 invalid_request"));
  }

  @ParameterizedTest
  @MethodSource("verifiers")
  @DisplayName("B6 verifiers by their length and characters, with a code that is not known")
  void refusesVerifiers(String verifier, String expected) {
    isError(
        expected,
        authenticated("token", "grant_type=authorization_code&code=x&code_verifier=" + verifier));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%00", "%F0%9F%94%91", "x.y", "aaaaaaaaaaaa.", "aaaaaaaaaaaa.%20", "%27"})
  @DisplayName("B6 any text as a code")
  void refusesAnyCode(String code) {
    isError(
        "400 invalid_grant",
        authenticated(
            "token", "grant_type=authorization_code&code=" + code + "&code_verifier=" + VERIFIER));
    isError(
        "400 invalid_grant",
        authenticated(
            "token",
            "grant_type=authorization_code&code="
                + code.repeat(1000)
                + "&code_verifier="
                + VERIFIER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "client_id=",
        "client_id=unknown",
        "client_id=%00",
        "client_id=$I&client_id=$I",
        "client_id=$I&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback&redirect_uri=x",
        "client_id=$I&redirect_uri=https%3A%2F%2Fclient.example%2Fcallback%0d%0aX%3A%20y",
        "client_id=$I&redirect_uri=https%3A%2F%2Fclient.example%2Fc%61llback%2F",
        "client_id=$I&redirect_uri=https%3A%2F%2Fb%C3%BCcher.example%2Fcallback",
        "client_id=$I&redirect_uri=%2Fcallback",
        "client_id=$I&state=%zz"
      })
  @DisplayName("B5 an unknown client or redirect URI gets a page, never a redirect")
  void neverRedirectsToAnUnknownPlace(String query) {
    Answer answer =
        latchkey.calls("/latchkey/oauth/authorize?" + query.replace("$I", client.id())).rawAnswer();

    answer.hasStatus(400);
    assertThat(answer.fields("Location")).isEmpty();
    assertThat(answer.field("Content-Security-Policy")).contains("frame-ancestors 'none'");
    assertThat(answer.field("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.body()).doesNotContain("%zz", "evil");
  }

  static Stream<Arguments> authorizationErrors() {
    String good = "response_type=code&code_challenge=$C&code_challenge_method=S256";
    return Stream.of(
        Arguments.of(good.replace("=code&", "=code&response_type=code&"), "invalid_request"),
        Arguments.of(good.replace("=code&", "=token&"), "unsupported_response_type"),
        Arguments.of(good.replace("=code&", "=code%20token&"), "unsupported_response_type"),
        Arguments.of(good.replace("response_type=code&", ""), "invalid_request"),
        Arguments.of(good.replace("=S256", "=plain"), "invalid_request"),
        Arguments.of(good.replace("=S256", "=s256"), "invalid_request"),
        Arguments.of(good.replace("&code_challenge_method=S256", ""), "invalid_request"),
        Arguments.of(good.replace("$C", "c".repeat(42)), "invalid_request"),
        Arguments.of(good.replace("$C", "c".repeat(44)), "invalid_request"),
        Arguments.of(good.replace("$C", "c".repeat(42) + "%3D"), "invalid_request"),
        Arguments.of(good + "&code_challenge=$C", "invalid_request"),
        Arguments.of(good + "&scope=none", "invalid_scope"),
        Arguments.of(good + "&scope=a%20%20a", "invalid_scope"),
        Arguments.of(good + "&scope=a&scope=a", "invalid_request"),
        Arguments.of(good + "&scope=latchkey:admin", "invalid_scope"));
  }

  @ParameterizedTest
  @MethodSource("authorizationErrors")
  @DisplayName("B5, B11 other errors go to the client by a 303, with state and iss")
  void sendsErrorsToTheClient(String query, String error) {
    Answer answer =
        latchkey
            .calls(
                "/latchkey/oauth/authorize?client_id="
                    + client.id()
                    + "&state=a%2Bb%20%26%23%F0%9F%94%91&"
                    + query.replace("$C", CHALLENGE))
            .answer()
            .hasStatus(303);

    assertThat(answer.field("Referrer-Policy")).isEqualTo("no-referrer");
    URI location = URI.create(answer.field("Location"));
    assertThat(location.toString()).startsWith(OAuthClient.CALLBACK + "?error=");
    assertThat(Consent.query(location))
        .containsEntry("error", error)
        .containsEntry("state", "a+b &#\uD83D\uDD11")
        .containsKey("iss")
        .doesNotContainKey("code");
  }

  @Test
  @DisplayName("B5 a state that comes twice is not returned")
  void returnsNoRepeatedState() {
    Answer answer =
        latchkey
            .calls(
                "/latchkey/oauth/authorize?response_type=code&code_challenge_method=S256&state=a"
                    + "&state=b&client_id="
                    + client.id()
                    + "&code_challenge="
                    + CHALLENGE)
            .answer()
            .hasStatus(303);

    assertThat(Consent.query(URI.create(answer.field("Location"))))
        .containsEntry("error", "invalid_request")
        .doesNotContainKey("state");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS"})
  @DisplayName("B5 other methods at the authorization endpoint are 405")
  void authorizesByGetAndPost(String method) {
    Answer answer = latchkey.calls("/latchkey/oauth/authorize").by(method).answer();

    assertThat(answer.hasStatus(405).field("Allow")).isEqualTo("GET, HEAD, POST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "request=x", "request=x&consent=aaaaaaaaaaaa&csrf=x&decision=approve"})
  @DisplayName("B7 a form that this server has not made is refused with a page")
  void refusesForgedForms(String form) {
    Answer answer = OAuthClient.posts(latchkey, "authorize", form).answer().hasStatus(403);

    assertThat(answer.fields("Location")).isEmpty();
    assertThat(answer.field("Content-Security-Policy")).contains("frame-ancestors 'none'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "%00", "%F0%9F%94%91", "lk_", "lk_aaaaaaaaaa_", "a%20b", "%0A"})
  @DisplayName("B8, B9 any text as a token: not active, and revoked without a word")
  void takesAnyTextAsToken(String token) {
    Answer answer = authenticated("introspect", "token_type_hint=%00&token=" + token);

    assertThat(answer.hasStatus(200).body()).isEqualTo("{\"active\":false}");
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
    Answer revoked = authenticated("revoke", "token_type_hint=other&token=" + token);
    assertThat(revoked.hasStatus(200).body()).isEmpty();
  }

  @Test
  @DisplayName("B8 a token of a disabled third party, a revoked and a deactivated one: not active")
  void tellsNothingOfTokensThatAreNotActive() {
    OAuthClient another = OAuthClient.registered(latchkey, Map.of());
    String revoked = another.token();
    String disabled = another.token();
    Token deactivated = another.owner().addsToken();
    another.asks("revoke", Map.of("token", revoked)).hasStatus(200);
    deactivated.isDeactivated();
    assertThat(active(disabled)).isTrue();
    another.owner().isDisabled();

    assertThat(Stream.of(revoked, disabled, deactivated.text()).filter(this::active)).isEmpty();
  }

  private boolean active(String token) {
    Answer answer = authenticated("introspect", "token=" + token).hasStatus(200);
    boolean active = answer.json().getBoolean("active");
    if (!active) {
      assertThat(answer.body()).isEqualTo("{\"active\":false}");
    }
    // nginx can't read a body (docs/oauth.md)
    assertThat(answer.field("Latchkey-Active")).isEqualTo(Boolean.toString(active));
    return active;
  }

  @Test
  @DisplayName("B10 each endpoint that the metadata lists is there, and nothing else is listed")
  void listsWhatWorks() {
    JsonObject metadata =
        latchkey
            .calls("/latchkey/.well-known/oauth-authorization-server")
            .answer()
            .hasStatus(200)
            .json();
    String issuer = metadata.getString("issuer");

    assertThat(metadata.keySet().stream().filter(key -> key.endsWith("_endpoint")))
        .allSatisfy(
            key ->
                latchkey
                    .calls("/latchkey" + metadata.getString(key).substring(issuer.length()))
                    .by("DELETE")
                    .answer()
                    .hasStatus(405))
        .hasSize(4);
    assertThat(URI.create(issuer).getRawQuery()).isNull();
    assertThat(URI.create(issuer).getRawFragment()).isNull();
    assertThat(metadata)
        .doesNotContainKeys("jwks_uri", "registration_endpoint", "userinfo_endpoint");
  }

  private Answer authenticated(String endpoint, String form) {
    Answer answer =
        OAuthClient.posts(latchkey, endpoint, form)
            .signedInAs(client.id(), client.secret())
            .answer();
    if (answer.body().contains("\"access_token\"")) {
      latchkey.secrets().seen(answer.json().getString("access_token"));
    }
    return answer;
  }

  /** B3: an error of RFC 6749 §5.2, which nobody keeps, in ASCII without quotes. */
  private void isError(String expected, Answer answer) {
    JsonObject body = answer.json();
    assertThat(answer.status() + " " + body.getString("error"))
        .as("%s", answer)
        .isEqualTo(expected);
    assertThat(answer.field("Content-Type")).startsWith("application/json");
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.field("Pragma")).isEqualTo("no-cache");
    assertThat(body.getString("error_description"))
        .matches("[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+")
        .doesNotContain(client.secret());
    assertThat(body.keySet()).containsOnly("error", "error_description");
  }
}
