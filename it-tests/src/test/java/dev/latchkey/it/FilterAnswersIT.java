package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of contract §4, and every bad header that a filter may be sent. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(2)
@DisplayName("The filter")
class FilterAnswersIT {

  private static final String WHO_AM_I = "/sample/whoami";
  private static final String MARKER = "Marker7Echo";

  private final Latchkey latchkey;
  private final Admin admin;
  private final Token token;

  FilterAnswersIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
    this.token = admin.registers("Filter Table").addsToken();
  }

  @Test
  @DisplayName("A4, A8: no credentials: 401 with a bare challenge")
  void answers401WithoutErrorWhenThereAreNoCredentials() {
    isBare(latchkey.calls(WHO_AM_I).answer());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherSchemes")
  @DisplayName("A3: another scheme counts as no credentials")
  void answers401WithoutErrorToAnotherScheme(String name, String value) {
    isBare(latchkey.calls(WHO_AM_I).with("Authorization", value).rawAnswer());
  }

  static Stream<Arguments> otherSchemes() {
    return Stream.of(
        Arguments.of("Basic", "Basic YWRtaW46YWRtaW4="),
        Arguments.of("Digest", "Digest username=\"a\", realm=\"b\""),
        Arguments.of("a scheme that only begins like ours", "BearerX abc"),
        Arguments.of("a scheme that ends before ours", "Bear abc"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  @DisplayName("A2, A3: what is not exactly one well-formed token: 400 invalid_request")
  void answers400WhenTheHeaderIsMalformed(String name, List<String> values) {
    Call call = latchkey.calls(WHO_AM_I);
    for (String value : values) {
      call = call.with("Authorization", value.replace("$", token.text()));
    }

    Answer answer = call.rawAnswer().isProblem(400);

    assertThat(answer.challenge().error()).as("error of %s", answer).contains("invalid_request");
    isNotStored(answer);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        malformed("Bearer alone", "Bearer"),
        malformed("bearer alone, other case", "bearer"),
        malformed("Bearer and spaces", "Bearer   "),
        malformed("two fields with the same token", "Bearer $", "Bearer $"),
        malformed("two fields with two tokens", "Bearer $", "Bearer abc"),
        malformed("two fields, another scheme first", "Basic YTpi", "Bearer $"),
        malformed("two fields, another scheme last", "Bearer $", "Basic YTpi"),
        malformed("a list of credentials", "Bearer $, Bearer $"),
        malformed("a list of tokens", "Bearer $,$"),
        malformed("a list of two schemes", "Bearer $, Basic YTpi"),
        malformed("a trailing comma", "Bearer $,"),
        malformed("two tokens", "Bearer $ $"),
        malformed("quotes", "Bearer \"$\""),
        malformed("a parameter", "Bearer token=\"$\""),
        malformed("padding first", "Bearer =$"),
        malformed("padding within", "Bearer $=a"),
        malformed("only padding", "Bearer ="),
        malformed("a colon", "Bearer $:"),
        malformed("a percent sign", "Bearer %41$"),
        malformed("a backslash", "Bearer $\\"),
        malformed("a backslash first", "Bearer \\$"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer\t$", "Bearer \t $"})
  @DisplayName("A2: a tab is no space, but on WildFly, which makes one of it before we see it")
  void answers400ToATab(String value) {
    Call call = latchkey.calls(WHO_AM_I).with("Authorization", value.replace("$", token.text()));

    Answer answer = call.rawAnswer();

    if (Installation.setting("tested.server").equals("wildfly")) {
      answer.hasStatus(200);
    } else {
      assertThat(answer.isProblem(400).challenge().error()).contains("invalid_request");
    }
  }

  private static Arguments malformed(String name, String... values) {
    return Arguments.of(name, List.of(values));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Bearer $\u00c3\u00a4", "Bearer \u00e4$", "Bearer\u00a0$", "Bearer $\u0001"})
  @DisplayName("A2: bytes outside ASCII: 400, by the server or by us")
  void answers400ToBytesThatNoFieldMayHold(String value) {
    String sent = value.replace("$", token.text());

    latchkey.calls(WHO_AM_I).with("Authorization", sent).rawAnswer().hasStatus(400);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spellings")
  @DisplayName("A2: the scheme has no case, and one or more spaces after it")
  void admitsEverySpellingOfTheSchemeThatTheGrammarAllows(String name, String value) {
    latchkey
        .calls(WHO_AM_I)
        .with("Authorization", value.replace("$", token.text()))
        .rawAnswer()
        .hasStatus(200);
  }

  static Stream<Arguments> spellings() {
    return Stream.of(
        Arguments.of("lower case", "bearer $"),
        Arguments.of("upper case", "BEARER $"),
        Arguments.of("mixed case", "bEaReR $"),
        Arguments.of("two spaces", "Bearer  $"),
        Arguments.of("many spaces", "Bearer        $"),
        Arguments.of("white space before the value", "  \t Bearer $"),
        Arguments.of("a space after the value", "Bearer $ "),
        Arguments.of("many spaces after the value", "Bearer $   "));
  }

  @Test
  @DisplayName("A2: a tab after the value is the server's to take off; left on, it is refused")
  void answersByTheServerToATabAfterTheValue() {
    String value = "Bearer " + token.text() + "\t";

    latchkey.calls(WHO_AM_I).with("Authorization", value).rawAnswer().hasStatus(200, 400);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unknown")
  @DisplayName("A6: well-formed and not ours: 401 invalid_token")
  void refusesATokenThatThisSystemDidNotGenerate(String name, String changed) {
    latchkey.calls(WHO_AM_I).bearing(changed.replace("$", token.text())).isRefused();
  }

  static Stream<Arguments> unknown() {
    return Stream.of(
        Arguments.of("ours with padding", "$="),
        Arguments.of("ours with more padding", "$=="),
        Arguments.of("ours with a letter more", "$a"),
        Arguments.of("ours with a letter before", "a$"),
        Arguments.of("one letter", "a"),
        Arguments.of("all signs of the grammar", "aZ09-._~+/=="),
        Arguments.of("a token of another installation", foreign('7')),
        Arguments.of("a JWT", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."),
        Arguments.of("another prefix", "ghp_" + "a".repeat(36)),
        Arguments.of("6 KB", "a".repeat(6 * 1024)));
  }

  @Test
  void refusesAMistypedTokenWhereverTheMistakeIs() {
    for (int at = 0; at < token.text().length(); at++) {
      char right = token.text().charAt(at);
      char wrong = right == 'x' ? 'y' : 'x';
      String mistyped = token.text().substring(0, at) + wrong + token.text().substring(at + 1);
      latchkey.calls(WHO_AM_I).bearing(mistyped).isRefused();
    }
  }

  @Test
  void refusesATokenInOtherCase() {
    latchkey.calls(WHO_AM_I).bearing(swapCase(token.text())).isRefused();
  }

  @Test
  @DisplayName("A18: a token of 16 KB is refused, by the server or by us, and nothing breaks")
  void refusesATokenOf16Kilobytes() {
    Answer answer = latchkey.calls(WHO_AM_I).bearing("a".repeat(16 * 1024)).rawAnswer();

    assertThat(answer.status()).as("status of %s", answer).isIn(400, 401, 413, 431);
    latchkey.calls(WHO_AM_I).with(token).isAdmitted();
  }

  @Test
  @DisplayName("A6: the same bytes, whatever is wrong with the token")
  void answersTheSameBytesToEveryTokenThatIsNoGood() {
    Token deactivated = admin.registers("Same Bytes").addsToken();
    Token disabled = admin.registers("Same Bytes").addsToken();
    Token expired = admin.registers("Same Bytes").addsToken(Map.of("lifetime", "PT1S"));
    Token elsewhere =
        admin
            .registers("Same Bytes", Map.of("allowedNetworks", List.of("192.0.2.0/24")))
            .addsToken();
    deactivated.isDeactivated();
    disabled.owner().isDisabled();
    Call toExpire = latchkey.calls(WHO_AM_I).with(expired);
    Eventually.within(Duration.ofSeconds(5), "the token expires", () -> toExpire.gets(401));

    String unknown = refusal(foreign('u'));

    assertThat(refusal("not-of-our-format")).isEqualTo(unknown);
    assertThat(refusal(token.text() + "=")).isEqualTo(unknown);
    assertThat(refusal(expired.text())).isEqualTo(unknown);
    assertThat(refusal(deactivated.text())).isEqualTo(unknown);
    assertThat(refusal(disabled.text())).isEqualTo(unknown);
    assertThat(refusal(elsewhere.text())).isEqualTo(unknown);
  }

  @Test
  @DisplayName("A7: 403 insufficient_scope names the scope that the rule needs")
  void answers403WithTheScopeWhenTheTokenLacksIt() {
    Answer get = latchkey.calls("/sample/reports/march").with(token).answer().isProblem(403);
    assertThat(get.challenge().error()).contains("insufficient_scope");
    assertThat(get.challenge().parameter("scope")).contains("reports:read");
    isNotStored(get);

    Answer post = latchkey.calls(WHO_AM_I).by("POST").with(token).answer().isProblem(403);
    assertThat(post.challenge().error()).contains("insufficient_scope");
    assertThat(post.challenge().parameter("scope")).contains("sample:write");
  }

  @Test
  @DisplayName("A13: HEAD follows GET, and what no rule names needs an active token")
  void appliesRulesByMethodAndPath() {
    Token reader = admin.issuesTokenFor("reports:read");
    Token writer = admin.issuesTokenFor("sample:write");
    Call report = latchkey.calls("/sample/reports/march");

    report.with(reader).isAdmitted();
    report.by("HEAD").with(reader).isAdmitted();
    report.by("HEAD").with(token).answer().hasStatus(403);
    report.with(writer).answer().hasStatus(403);
    report.by("POST").with(reader).answer().hasStatus(403);
    report.by("POST").with(writer).isAdmitted();
    for (String unnamed : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")) {
      report.by(unnamed).answer().hasStatus(401);
      JsonObject reached = report.by(unnamed).with(token).isAdmitted().json();
      assertThat(reached.getString("method")).isEqualTo(unnamed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
        "X-Forwarded-Method",
        "X-Original-Method",
        "_method"
      })
  @DisplayName("A13: method overrides in fields have no effect")
  void ignoresMethodOverrides(String field) {
    Call report = latchkey.calls("/sample/reports/march").with(token);

    report.with(field, "PUT").answer().hasStatus(403);
    latchkey.calls(WHO_AM_I).with(token).by("POST").with(field, "GET").answer().hasStatus(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-Uri", "X-Original-URI", "X-Original-URL", "X-Rewrite-URL"})
  @DisplayName("A12: paths in fields have no effect outside the forward-auth endpoint")
  void ignoresPathOverrides(String field) {
    latchkey.calls("/sample/reports/a").with(token).with(field, "/open").answer().hasStatus(403);
  }

  @Test
  @DisplayName("A1: a token in the query is no credential")
  void ignoresATokenInTheQuery() {
    isBare(latchkey.calls(WHO_AM_I + "?access_token=" + token.text()).answer());
    latchkey.calls(WHO_AM_I + "?access_token=abc").with(token).isAdmitted();
  }

  @Test
  @DisplayName("A1: a token in a form is no credential")
  void ignoresATokenInAForm() {
    String type = "application/x-www-form-urlencoded";
    String form = "access_token=" + token.text();
    isBare(latchkey.calls(WHO_AM_I).by("POST").sending(type, form).answer());
    isBare(latchkey.calls(WHO_AM_I).by("PUT").sending(type, form).answer());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Cookie", "X-Auth-Token", "X-Api-Key", "Proxy-Authorization"})
  @DisplayName("A1: a token in another field is no credential")
  void ignoresATokenInAnotherField(String field) {
    String value = field.equals("Cookie") ? "access_token=" : "Bearer ";
    isBare(latchkey.calls(WHO_AM_I).with(field, value + token.text()).rawAnswer());
  }

  @Test
  @DisplayName("A8: HEAD gets the fields of GET and no body")
  void answersHeadWithoutABody() {
    for (Call call :
        List.of(
            latchkey.calls(WHO_AM_I),
            latchkey.calls(WHO_AM_I).bearing(foreign('h')),
            latchkey.calls(WHO_AM_I).with("Authorization", "Bearer"),
            latchkey.calls("/sample/reports/a").with(token))) {
      Answer get = call.rawAnswer();
      Answer head = call.by("HEAD").rawAnswer();
      assertThat(head.status()).isEqualTo(get.status());
      assertThat(head.field("WWW-Authenticate")).isEqualTo(get.field("WWW-Authenticate"));
      assertThat(head.field("Cache-Control")).isEqualTo(get.field("Cache-Control"));
      assertThat(head.field("Content-Type")).isEqualTo(get.field("Content-Type"));
      assertThat(head.body()).as("body of %s", head).isEmpty();
    }
  }

  @Test
  @DisplayName("A5: nothing from the request comes back")
  void echoesNothing() {
    Call call =
        latchkey
            .calls("/sample/" + MARKER + "?q=" + MARKER)
            .with("User-Agent", MARKER)
            .with("X-Forwarded-Host", MARKER + ".example")
            .with("Forwarded", "host=" + MARKER + ".example")
            .with("Origin", "https://" + MARKER + ".example")
            .with("Accept-Language", MARKER);
    Call unnamedHost = call.with("Host", MARKER + ".example");

    for (Answer answer :
        List.of(
            call.rawAnswer().hasStatus(401),
            unnamedHost.rawAnswer(),
            call.bearing(MARKER).rawAnswer().hasStatus(401),
            call.bearing(MARKER + ",").rawAnswer().hasStatus(400),
            call.with("Authorization", MARKER + " x").rawAnswer().hasStatus(401),
            call.by("POST").with(token).rawAnswer().hasStatus(403))) {
      assertThat(answer.body()).doesNotContainIgnoringCase(MARKER);
      assertThat(answer.fields().toString()).doesNotContainIgnoringCase(MARKER);
    }
  }

  @Test
  @DisplayName("A9: resource_metadata of the challenge is the URL of the RFC 9728 document")
  void servesTheMetadataThatTheChallengeNames() {
    Answer refused = latchkey.calls(WHO_AM_I).answer().hasStatus(401);
    String named = refused.challenge().parameter("resource_metadata").orElseThrow();
    URI url = URI.create(named);
    assertThat(url.isAbsolute()).as("absolute: %s", named).isTrue();
    assertThat(url.getPath()).startsWith("/.well-known/oauth-protected-resource");
    assertThat(url.getHost() + ":" + url.getPort())
        .isEqualTo("127.0.0.1:" + latchkey.installation().port());

    Answer document = latchkey.calls(url.getPath()).answer().hasStatus(200);

    assertThat(document.field("Content-Type")).startsWith("application/json");
    JsonObject metadata = document.json();
    assertThat(named)
        .isEqualTo(
            metadata
                .getString("resource")
                .replaceFirst("^(https?://[^/]+)(/.*)?$", "$1")
                .concat(url.getPath()));
    assertThat(metadata.getJsonArray("bearer_methods_supported").toString())
        .isEqualTo("[\"header\"]");
  }

  @Test
  @DisplayName("A10: a true CORS preflight passes, another OPTIONS does not")
  void letsOnlyTruePreflightsThrough() {
    Call options = latchkey.calls("/sample/reports/a").by("OPTIONS");
    String origin = "https://app.example";

    options
        .with("Origin", origin)
        .with("Access-Control-Request-Method", "GET")
        .rawAnswer()
        .hasStatus(200, 204);
    isBare(options.rawAnswer());
    isBare(options.with("Origin", origin).rawAnswer());
    isBare(options.with("Access-Control-Request-Method", "GET").rawAnswer());
    isBare(
        latchkey
            .calls("/sample/reports/a")
            .with("Origin", origin)
            .with("Access-Control-Request-Method", "GET")
            .rawAnswer());
    Answer refused = latchkey.calls(WHO_AM_I).with("Origin", origin).rawAnswer().hasStatus(401);
    assertThat(refused.fields("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  @DisplayName("A8: an admitted answer is not for shared caches")
  void keepsAdmittedAnswersOutOfSharedCaches() {
    Answer admitted = latchkey.calls(WHO_AM_I).with(token).isAdmitted();

    assertThat(admitted.field("Cache-Control")).containsAnyOf("private", "no-store");
    assertThat(admitted.fields("WWW-Authenticate")).isEmpty();
  }

  private String refusal(String text) {
    return latchkey.calls(WHO_AM_I).bearing(text).isRefused().withoutTime();
  }

  private static void isBare(Answer answer) {
    answer.isProblem(401);
    Challenge challenge = answer.challenge();
    assertThat(challenge.parameters().keySet())
        .as("parameters of %s", answer)
        .containsExactlyInAnyOrder("realm", "resource_metadata");
    assertThat(challenge.parameter("realm")).contains("latchkey");
    isNotStored(answer);
  }

  private static void isNotStored(Answer answer) {
    assertThat(answer.field("Cache-Control"))
        .as("Cache-Control of %s", answer)
        .contains("no-store");
  }

  /** Well-formed to the last letter, with the tag of no installation. */
  private static String foreign(char filler) {
    return "lk_" + String.valueOf(filler).repeat(10) + "_" + String.valueOf(filler).repeat(49);
  }

  private static String swapCase(String text) {
    StringBuilder swapped = new StringBuilder();
    text.chars()
        .map(c -> Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
        .forEach(swapped::appendCodePoint);
    return swapped.toString();
  }
}
