package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that a third party's software fetches by itself (contract §6). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(30)
@Tag("admin")
@Tag("once")
class OAuthIT {

  private static final AtomicInteger SEATS = new AtomicInteger();
  private static final String VERIFIER = "a-verifier-of-forty-three-characters-or-more";
  private static final Pattern HIDDEN =
      Pattern.compile("name=\"(request|consent|csrf)\" value=\"([^\"]*)\"");

  private final Latchkey latchkey;
  private final Admin admin;
  private final OAuthClient client;

  OAuthIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
    this.client = OAuthClient.registered(latchkey, Map.of("scopes", List.of("a", "b")));
  }

  @Test
  void issuesAnHourlyTokenForClientCredentials() {
    Answer answer = client.fetches("a");

    JsonObject issued = answer.hasStatus(200).json();
    assertThat(issued.getString("token_type")).isEqualTo("Bearer");
    assertThat(issued.getInt("expires_in")).isEqualTo(3600);
    assertThat(issued.getString("scope")).isEqualTo("a");
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.field("Pragma")).isEqualTo("no-cache");
    JsonObject caller =
        latchkey
            .calls("/sample/whoami")
            .bearing(issued.getString("access_token"))
            .isAdmitted()
            .json();
    assertThat(caller.getString("clientId")).isEqualTo(client.id());
    assertThat(client.owner().tokens())
        .anySatisfy(
            row -> assertThat(row.getString("createdBy")).isEqualTo("oauth:client_credentials"));
  }

  // issue 18.4
  @Test
  void tellsTokensApartByTheirOrigin() {
    OAuthClient fetching = OAuthClient.registered(latchkey, Map.of());
    Token byHand = fetching.owner().addsToken();
    fetching.token();
    fetching.asks("revoke", Map.of("token", fetching.token())).hasStatus(200);
    String tokens = fetching.owner().path() + "/tokens";

    assertThat(admin.gets(tokens + "/counts").hasStatus(200).json().getJsonArray("items"))
        .extracting(Object::toString)
        .containsExactly(
            "{\"origin\":\"admin\",\"total\":1,\"active\":1}",
            "{\"origin\":\"client_credentials\",\"total\":2,\"active\":1}",
            "{\"origin\":\"authorization_code\",\"total\":0,\"active\":0}");
    assertThat(admin.items(tokens + "?origin=admin"))
        .extracting(row -> row.getString("id"))
        .containsExactly(byHand.row().getString("id"));
    assertThat(admin.items(tokens + "?origin=client_credentials&active=true")).hasSize(1);
    assertThat(admin.items(tokens)).hasSize(3);
    admin.gets(tokens + "?origin=somebody").isProblem(400);
    admin.gets("/third-parties/none/tokens/counts").isProblem(404);
  }

  @Test
  void takesTheCredentialsInTheBodyAsWell() {
    OAuthClient.posts(
            latchkey,
            "token",
            OAuthClient.encoded(
                Map.of(
                    "grant_type",
                    "client_credentials",
                    "client_id",
                    client.id(),
                    "client_secret",
                    client.secret())))
        .answer()
        .hasStatus(200);
  }

  @Test
  void answersWrongCredentialsAlikeWhateverIsWrong() {
    OAuthClient disabled = OAuthClient.registered(latchkey, Map.of());
    disabled.owner().isDisabled();
    OAuthClient elsewhere =
        OAuthClient.registered(latchkey, Map.of("allowedNetworks", List.of("192.0.2.0/24")));
    String expected = client.withSecret("wrong").fetches("").hasStatus(401).withoutTime();

    assertThat(disabled.fetches("").withoutTime()).isEqualTo(expected);
    assertThat(elsewhere.fetches("").withoutTime()).isEqualTo(expected);
    assertThat(
            OAuthClient.posts(latchkey, "token", "grant_type=client_credentials")
                .signedInAs("AAAAAAAAAAAA", "wrong")
                .answer()
                .withoutTime())
        .isEqualTo(expected);
    assertThat(expected).contains("Basic realm=", "invalid_client");
  }

  @Test
  void refusesAThirdPartyWhoseTokensAnAdminHandsOver() {
    OAuthClient manual =
        OAuthClient.of(latchkey, admin.registers("By hand", Map.of("authorization", "manual")));

    assertThat(error(manual.fetches(""))).isEqualTo("400 unauthorized_client");
  }

  static Stream<Arguments> badTokenRequests() {
    return Stream.of(
        Arguments.of("400 invalid_request", ""),
        Arguments.of("400 invalid_request", "grant_type="),
        Arguments.of(
            "400 invalid_request", "grant_type=client_credentials&grant_type=client_credentials"),
        Arguments.of("400 invalid_request", "grant_type=client_credentials&scope=a&scope=b"),
        Arguments.of("400 invalid_request", "grant_type=%zz"),
        Arguments.of("400 invalid_request", "grant_type=%ff"),
        Arguments.of("400 unsupported_grant_type", "grant_type=password"),
        Arguments.of("400 unsupported_grant_type", "grant_type=refresh_token"),
        Arguments.of("400 invalid_scope", "grant_type=client_credentials&scope=c"),
        Arguments.of("400 invalid_scope", "grant_type=client_credentials&scope=a%20%20b"),
        Arguments.of("400 invalid_scope", "grant_type=client_credentials&scope=latchkey:admin"),
        Arguments.of("400 invalid_scope", "grant_type=client_credentials&scope=%22"),
        Arguments.of("400 invalid_request", "grant_type=authorization_code"),
        Arguments.of(
            "400 invalid_request", "grant_type=authorization_code&code=x&code_verifier=short"),
        Arguments.of(
            "400 invalid_grant", "grant_type=authorization_code&code=x&code_verifier=" + VERIFIER),
        Arguments.of("400 invalid_request", "grant_type=client_credentials&client_secret=twice"));
  }

  @ParameterizedTest
  @MethodSource("badTokenRequests")
  void answersBadTokenRequestsAsRfc6749Says(String expected, String form) {
    Answer answer =
        OAuthClient.posts(latchkey, "token", form)
            .signedInAs(client.id(), client.secret())
            .answer();

    assertThat(error(answer)).isEqualTo(expected);
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void readsNothingFromTheQueryOfAPost() {
    String credentials = "client_id=" + client.id() + "&client_secret=" + client.secret();

    Answer answer =
        latchkey
            .calls("/latchkey/oauth/token?grant_type=client_credentials&" + credentials)
            .by("POST")
            .sending(OAuthClient.FORM, "grant_type=client_credentials")
            .answer();

    assertThat(error(answer)).isEqualTo("401 invalid_client");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "multipart/form-data", "text/plain"})
  void takesFormsAlone(String type) {
    Answer answer =
        latchkey
            .calls("/latchkey/oauth/token")
            .by("POST")
            .sending(type, "grant_type=client_credentials")
            .signedInAs(client.id(), client.secret())
            .answer();

    assertThat(error(answer)).isEqualTo("400 invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "HEAD"})
  void takesPostAlone(String method) {
    Answer answer = latchkey.calls("/latchkey/oauth/token").by(method).answer();

    answer.hasStatus(405);
    assertThat(answer.field("Allow")).isEqualTo("POST");
  }

  // Found by attack: what it takes to check a person's password told which Client IDs exist.
  @Test
  void neverTakesAnUnknownClientIdForAPerson() {
    Answer known =
        OAuthClient.registered(latchkey, Map.of())
            .withSecret("wrong")
            .asks("introspect", Map.of("token", "x"));
    for (int i = 0; i < 8; i++) {
      Answer unknown =
          OAuthClient.posts(latchkey, "introspect", "token=x")
              .signedInAs("AbcdefghijK" + i, "wrong")
              .answer();
      assertThat(unknown.hasStatus(401).body()).isEqualTo(known.body());
    }
  }

  @Test
  void answersWrongCharsetsAndTypesInTheFormOfOAuth() {
    for (String type :
        List.of("application/x-www-form-urlencoded; charset=utf-16", "not a type at all")) {
      Answer refused =
          latchkey
              .calls("/latchkey/oauth/token")
              .by("POST")
              .sending(type, "grant_type=client_credentials")
              .answer();
      assertThat(refused.hasStatus(400).json().getString("error")).isEqualTo("invalid_request");
    }
    latchkey
        .calls("/latchkey/oauth/leaked")
        .by("POST")
        .sending("application/jsonp", "{\"tokens\": []}")
        .answer()
        .hasStatus(415);
  }

  @Test
  void introspectsActiveTokensForThoseWhoMay() {
    OAuthClient gateway =
        OAuthClient.registered(latchkey, Map.of("scopes", List.of("latchkey:introspect")));
    String token = client.token();

    JsonObject known = gateway.asks("introspect", Map.of("token", token)).hasStatus(200).json();

    assertThat(known.getBoolean("active")).isTrue();
    assertThat(known.getString("client_id")).isEqualTo(client.id());
    assertThat(known.getString("sub")).isEqualTo(client.id());
    assertThat(known.getString("username")).isEqualTo(client.owner().name());
    assertThat(known.getString("scope")).isEqualTo("a b");
    assertThat(known.getInt("exp") - known.getInt("iat")).isEqualTo(3600);
    assertThat(known.getString("iss")).endsWith("/latchkey");
    assertThat(known.getString("jti")).hasSize(10);
    assertThat(gateway.asks("introspect", Map.of("token", token + "x")).body())
        .isEqualTo("{\"active\":false}");
    assertThat(
            OAuthClient.posts(latchkey, "introspect", "token=" + token)
                .signedInAs("admin", latchkey.password())
                .answer()
                .json()
                .getBoolean("active"))
        .isTrue();
    assertThat(
            OAuthClient.posts(latchkey, "introspect", "token=" + token)
                .bearing(gateway.token())
                .answer()
                .json()
                .getBoolean("active"))
        .isTrue();
    client.asks("introspect", Map.of("token", token)).hasStatus(403);
    OAuthClient.posts(latchkey, "introspect", "token=" + token).answer().hasStatus(401);
  }

  @Test
  void revokesTheClientsOwnTokensOnly() {
    OAuthClient another = OAuthClient.registered(latchkey, Map.of());
    String mine = client.token();
    String theirs = another.token();

    client.asks("revoke", Map.of("token", mine)).hasStatus(200);
    client.asks("revoke", Map.of("token", theirs)).hasStatus(200);
    client.asks("revoke", Map.of("token", "unknown")).hasStatus(200);

    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "the token is revoked",
        () -> latchkey.calls("/sample/whoami").bearing(mine).gets(401));
    latchkey.calls("/sample/whoami").bearing(theirs).isAdmitted();
  }

  @Test
  void deactivatesReportedTokensForEver() {
    Token token = admin.registers("Leaky").addsToken();

    latchkey
        .calls("/latchkey/oauth/leaked")
        .by("POST")
        .sending("application/json", "{\"tokens\": [\"" + token.text() + "\", \"nonsense\"]}")
        .answer()
        .hasStatus(202);

    assertThat(token.row().getString("status")).isEqualTo("reported-leaked");
    admin.patches(token.path(), Map.of("active", true)).isProblem(409);
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "the token is deactivated",
        () -> latchkey.calls("/sample/whoami").with(token).gets(401));
  }

  @Test
  void listsInItsMetadataWhatWorks() {
    JsonObject metadata =
        latchkey
            .calls("/latchkey/.well-known/oauth-authorization-server")
            .answer()
            .hasStatus(200)
            .json();

    String issuer = metadata.getString("issuer");
    assertThat(metadata.getString("token_endpoint")).isEqualTo(issuer + "/oauth/token");
    assertThat(metadata.getBoolean("authorization_response_iss_parameter_supported")).isTrue();
    assertThat(metadata.getJsonArray("code_challenge_methods_supported").getString(0))
        .isEqualTo("S256");
  }

  @Test
  void givesATokenThatDoesNotExpireForAnApprovedCode() {
    Seat operator = latchkey.takesASeat("approver-" + SEATS.incrementAndGet(), "operator");

    URI callback = decides(operator, page(operator, request("s t")), "approve");
    Map<String, String> answered = query(callback);
    assertThat(callback.toString()).startsWith(OAuthClient.CALLBACK + "?");
    assertThat(answered.get("state")).isEqualTo("s t");
    assertThat(answered.get("iss")).endsWith("/latchkey");
    JsonObject issued = exchanges(answered.getOrDefault("code", "")).hasStatus(200).json();

    assertThat(issued).doesNotContainKey("expires_in");
    assertThat(issued.getString("scope")).isEqualTo("a b");
    String token = issued.getString("access_token");
    latchkey.secrets().seen(token);
    latchkey.calls("/sample/whoami").bearing(token).isAdmitted();
    assertThat(error(exchanges(answered.getOrDefault("code", "")))).isEqualTo("400 invalid_grant");
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "a replay revokes what the code gave",
        () -> latchkey.calls("/sample/whoami").bearing(token).gets(401));
  }

  @Test
  void sendsARefusalBack() {
    Seat operator = latchkey.takesASeat("refuser-" + SEATS.incrementAndGet(), "operator");

    Map<String, String> answered =
        query(decides(operator, page(operator, request("st")), "refuse"));

    assertThat(answered).containsEntry("error", "access_denied").containsEntry("state", "st");
    assertThat(answered).doesNotContainKey("code");
  }

  @Test
  void makesOneCodeOfAFormThatIsSentTwice() {
    Seat operator = latchkey.takesASeat("double-" + SEATS.incrementAndGet(), "operator");
    String form = page(operator, request("st"));

    List<String> codes =
        IntStream.range(0, 4)
            .parallel()
            .mapToObj(each -> query(decides(operator, form, "approve")).get("code"))
            .distinct()
            .toList();

    assertThat(codes).hasSize(1);
  }

  @Test
  void refusesAFormWithoutTheSessionsProof() {
    Seat operator = latchkey.takesASeat("forged-" + SEATS.incrementAndGet(), "operator");
    Seat another = latchkey.takesASeat("forger-" + SEATS.incrementAndGet(), "operator");
    String form = page(another, request("st"));

    decision(operator, form, "approve").hasStatus(403);
  }

  @Test
  void letsViewersApproveNothing() {
    Seat viewer = latchkey.takesASeat("viewer-" + SEATS.incrementAndGet(), "viewer");

    shown(viewer, request("st")).hasStatus(403);
  }

  @Test
  void signsInFirst() {
    Answer answer = latchkey.calls("/latchkey/oauth/authorize?" + request("st")).answer();

    answer.hasStatus(303);
    assertThat(answer.field("Location")).contains("/latchkey/#/authorize?", "state=st");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://client.example/callback/",
        "https://client.example/Callback",
        "https://CLIENT.example/callback",
        "https://client.example/callback?x=1",
        "https://client.example:443/callback",
        "https://user@client.example/callback",
        "https://client.example/callback#f",
        "http://client.example/callback",
        "https://client.example.evil.example/callback",
        "javascript:alert(1)"
      })
  void neverRedirectsToAnotherAddress(String redirectUri) {
    Answer answer =
        latchkey
            .calls(
                "/latchkey/oauth/authorize?"
                    + request("st")
                    + "&redirect_uri="
                    + OAuthClient.escaped(redirectUri))
            .answer();

    answer.hasStatus(400);
    assertThat(answer.fields("Location")).isEmpty();
    assertThat(answer.field("Content-Type")).startsWith("text/html");
    assertThat(answer.field("Content-Security-Policy")).contains("frame-ancestors 'none'");
  }

  static Stream<Arguments> badAuthorizationRequests() {
    return Stream.of(
        Arguments.of("invalid_request", "response_type=code", ""),
        Arguments.of("unsupported_response_type", "response_type=code", "response_type=token"),
        Arguments.of("invalid_request", "code_challenge_method=S256", ""),
        Arguments.of(
            "invalid_request", "code_challenge_method=S256", "code_challenge_method=plain"),
        Arguments.of("invalid_scope", "state=", "scope=c&state="));
  }

  @ParameterizedTest
  @MethodSource("badAuthorizationRequests")
  void sendsErrorsToTheClient(String error, String what, String by) {
    Answer answer =
        latchkey
            .calls("/latchkey/oauth/authorize?" + request("st").replace(what, by))
            .answer()
            .hasStatus(303);

    assertThat(query(URI.create(answer.field("Location"))))
        .containsEntry("error", error)
        .containsEntry("state", "st")
        .containsKey("iss");
  }

  private String request(String state) {
    return "response_type=code&client_id="
        + client.id()
        + "&code_challenge="
        + challenge()
        + "&code_challenge_method=S256&state="
        + OAuthClient.escaped(state);
  }

  private static String challenge() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (java.security.NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new AssertionError(everyJavaPlatformHasIt);
    }
  }

  private Answer shown(Seat seat, String request) {
    return latchkey
        .calls("/latchkey/oauth/authorize?" + request)
        .with("Cookie", Seat.COOKIE + "=" + seat.cookie())
        .answer();
  }

  private String page(Seat seat, String request) {
    Answer answer = shown(seat, request).hasStatus(200);
    assertThat(answer.body()).contains(client.owner().name(), "does not expire");
    return answer.body();
  }

  private Answer decision(Seat seat, String page, String decision) {
    Map<String, String> form = new HashMap<>(Map.of("decision", decision));
    Matcher hidden = HIDDEN.matcher(page);
    while (hidden.find()) {
      form.put(hidden.group(1), hidden.group(2).replace("&amp;", "&"));
    }
    return OAuthClient.posts(latchkey, "authorize", OAuthClient.encoded(form))
        .with("Cookie", Seat.COOKIE + "=" + seat.cookie())
        .with("Origin", Seat.origin(latchkey))
        .answer();
  }

  private URI decides(Seat seat, String page, String decision) {
    Answer answer = decision(seat, page, decision).hasStatus(303);
    assertThat(answer.field("Referrer-Policy")).isEqualTo("no-referrer");
    return URI.create(answer.field("Location"));
  }

  private Answer exchanges(String code) {
    return client.asks(
        "token",
        Map.of("grant_type", "authorization_code", "code", code, "code_verifier", VERIFIER));
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : uri.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      parameters.put(
          pair.substring(0, equals),
          java.net.URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return parameters;
  }

  /** Status and error code. */
  private static String error(Answer answer) {
    return answer.status() + " " + answer.json().getString("error");
  }
}
