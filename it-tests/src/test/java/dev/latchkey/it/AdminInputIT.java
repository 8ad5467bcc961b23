package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
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

/** What the admin REST API is sent by mistake or malice, and what it answers (contract §5). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(6)
@Tag("admin")
@DisplayName("Bad input to the admin API")
class AdminInputIT {

  private static final String JSON = "application/json";

  private final Latchkey latchkey;
  private final Admin admin;
  private final ThirdParty thirdParty;
  private final Token token;

  AdminInputIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
    this.thirdParty = admin.registers("Bad Input");
    this.token = thirdParty.addsToken();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("noJsonObjects")
  void answers400ToABodyThatIsNoJsonObject(String name, String body) {
    admin.posts("/third-parties", body).isProblem(400);
    admin.patches(thirdParty.path(), body).isProblem(400);
    admin.posts(thirdParty.path() + "/tokens", body).isProblem(400);
    admin.posts("/access-check", body).isProblem(400);
    isUntouched();
  }

  static Stream<Arguments> noJsonObjects() {
    return Stream.of(
        Arguments.of("cut off", "{\"name\": \"A"),
        Arguments.of("text", "hello"),
        Arguments.of("an array", "[]"),
        Arguments.of("a string", "\"a\""),
        Arguments.of("a number", "1"),
        Arguments.of("null", "null"),
        Arguments.of("more after it", "{} {}"),
        Arguments.of("a trailing comma", "{\"enabled\": true,}"),
        Arguments.of("single quotes", "{'enabled': true}"),
        Arguments.of("a comment", "{/* */}"),
        Arguments.of("the same member twice", "{\"enabled\": true, \"enabled\": false}"),
        Arguments.of("nested too deep", "{\"name\":" + "[".repeat(500) + "]".repeat(500) + "}"),
        Arguments.of("21 levels", "{\"a\":".repeat(21) + "1" + "}".repeat(21)));
  }

  @Test
  @DisplayName("D7: a body over 64 KB is refused")
  void refusesABodyOver64Kilobytes() {
    String body = "{\"contactName\": \"" + "a".repeat(70_000) + "\"}";
    admin.posts("/third-parties", body).isProblem(400, 413);
    admin.patches(thirdParty.path(), body).isProblem(400, 413);
    isUntouched();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("badThirdParties")
  void answers400ToAThirdPartyThatIsNotAllowed(String member, String json) {
    String name = "Refused " + System.nanoTime();
    String body = json.replace("$NAME", name);

    Answer answer = admin.posts("/third-parties", body);

    answer.complainsOf(member);
    assertThat(admin.items("/third-parties?name=Refused")).as("half written").isEmpty();
  }

  static Stream<Arguments> badThirdParties() {
    return Stream.of(
        draft("name", "'authorization': 'manual'"),
        draft("name", "'name': null, 'authorization': 'manual'"),
        draft("name", "'name': '', 'authorization': 'manual'"),
        draft("name", "'name': '   ', 'authorization': 'manual'"),
        draft("name", "'name': '" + "n".repeat(300) + "', 'authorization': 'manual'"),
        draft("name", "'name': 'a\\u0000b', 'authorization': 'manual'"),
        draft("name", "'name': 'a\\nb', 'authorization': 'manual'"),
        draft("name", "'name': 'a\\u001bb', 'authorization': 'manual'"),
        draft("name", "'name': 7, 'authorization': 'manual'"),
        draft("name", "'name': ['a'], 'authorization': 'manual'"),
        draft("authorization", "'name': '$NAME'"),
        draft("authorization", "'name': '$NAME', 'authorization': 'other'"),
        draft("authorization", "'name': '$NAME', 'authorization': 'MANUAL'"),
        draft("authorization", "'name': '$NAME', 'authorization': true"),
        manual("enabled", "'enabled': 'yes'"),
        manual("enabled", "'enabled': 1"),
        manual("scopes", "'scopes': 'a'"),
        manual("scopes", "'scopes': [7]"),
        manual("scopes", "'scopes': ['a b']"),
        manual("scopes", "'scopes': ['a\\\"b']"),
        manual("scopes", "'scopes': ['a\\\\b']"),
        manual("scopes", "'scopes': ['']"),
        manual("scopes", "'scopes': ['\u00e4']"),
        manual("allowedNetworks", "'allowedNetworks': ['10.0.0.0/33']"),
        manual("allowedNetworks", "'allowedNetworks': ['10.0.0/8']"),
        manual("allowedNetworks", "'allowedNetworks': ['localhost']"),
        manual("allowedNetworks", "'allowedNetworks': ['::/129']"),
        manual("allowedNetworks", "'allowedNetworks': ['10.0.0.0/-1']"),
        manual("allowedNetworks", "'allowedNetworks': ['']"),
        manual("allowedNetworks", "'allowedNetworks': ['::%a 0.0.0.0/0']"),
        manual("allowedNetworks", "'allowedNetworks': ['::1%a b']"),
        manual("allowedNetworks", "'allowedNetworks': ['::1\\u0000']"),
        draft("name", "'name': '\u3164', 'authorization': 'manual'"),
        manual("contactName", "'contactName': '\\ud800'"),
        manual("allowedNetworks", "'allowedNetworks': '10.0.0.0/8'"),
        manual("contactEmail", "'contactEmail': 7"),
        manual("contactEmail", "'contactEmail': '" + "a".repeat(300) + "@b.example'"),
        manual("contactName", "'contactName': '" + "a".repeat(300) + "'"),
        manual("clientId", "'clientId': 'mine'"),
        manual("clientSecret", "'clientSecret': 'mine'"),
        manual("id", "'id': 'mine'"),
        manual("activeTokens", "'activeTokens': 7"),
        manual("createdAt", "'createdAt': '2020-01-01T00:00:00Z'"),
        manual("colour", "'colour': 'red'"),
        callback("http://app.example/cb"),
        callback("ftp://app.example/cb"),
        callback("javascript:alert(1)"),
        callback("/cb"),
        callback("https://"),
        callback("https://user:password@app.example/cb"),
        callback("https://app.example/cb#part"),
        callback("https://app.example/ cb"),
        callback("http://127.0.0.1.app.example/cb"),
        callback("https://app.example/" + "a".repeat(2100)),
        draft("callbackUrl", "'name': '$NAME', 'authorization': 'automatic'"));
  }

  private static Arguments draft(String member, String members) {
    return Arguments.of(member, "{" + members.replace('\'', '"') + "}");
  }

  private static Arguments manual(String member, String more) {
    return draft(member, "'name': '$NAME', 'authorization': 'manual', " + more);
  }

  private static Arguments callback(String url) {
    return draft(
        "callbackUrl",
        "'name': '$NAME', 'authorization': 'automatic', 'callbackUrl': '" + url + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080/cb",
        "http://[::1]/cb",
        "http://localhost:9/cb",
        "https://app.example/cb?a=b"
      })
  @DisplayName("D8: a callback URL is https, or http on the loopback")
  void takesACallbackUrlOnTheLoopback(String url) {
    admin.registers("Callback", Map.of("authorization", "automatic", "callbackUrl", url));
  }

  @Test
  void answers409ToANameThatIsTakenInWhateverCase() {
    admin.registers("Groß und Klein");
    String taken = admin.items("/third-parties?name=gro").get(0).getString("name");

    for (String name :
        List.of(
            taken,
            taken.toUpperCase(java.util.Locale.ROOT),
            taken.toLowerCase(java.util.Locale.ROOT))) {
      if (!name.contains("SS")) {
        admin
            .posts("/third-parties", Map.of("name", name, "authorization", "manual"))
            .isProblem(409);
        admin.patches(thirdParty.path(), Map.of("name", name)).isProblem(409);
      }
    }
    isUntouched();
  }

  @Test
  @DisplayName("D9: a name is data")
  void takesAnyPrintableName() {
    for (String name :
        List.of("<script>alert(1)</script>", "=1+1", "Größe 中文 🔑", "O'Neil \"&\" % _ \\")) {
      ThirdParty named = admin.registers(name);
      assertThat(named.now().getString("name")).isEqualTo(named.name()).startsWith(name);
      String prefix = java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
      assertThat(admin.items("/third-parties?name=" + prefix))
          .extracting(row -> row.getString("id"))
          .containsExactly(named.id());
    }
  }

  @Test
  void takesPercentAndUnderscoreOfALookUpLiterally() {
    assertThat(admin.items("/third-parties?name=%25")).isEmpty();
    assertThat(admin.items("/third-parties?name=_ad")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\": \"\"}",
        "{\"name\": null}",
        "{\"authorization\": null}",
        "{\"enabled\": null}",
        "{\"enabled\": \"no\"}",
        "{\"callbackUrl\": \"http://app.example\"}",
        "{\"scopes\": [\"a b\"]}",
        "{\"allowedNetworks\": [\"x\"]}",
        "{\"clientId\": \"mine\"}",
        "{\"id\": \"mine\"}",
        "{\"createdBy\": \"me\"}",
        "{\"enabled\": false, \"unknown\": 1}"
      })
  @DisplayName("D1: a patch changes nothing when one of its members is refused")
  void refusesABadPatchWhole(String json) {
    admin.patches(thirdParty.path(), json).isProblem(400);
    isUntouched();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "lifetime  | {\"lifetime\": \"PT0S\"}",
        "lifetime  | {\"lifetime\": \"P0D\"}",
        "lifetime  | {\"lifetime\": \"-P1D\"}",
        "lifetime  | {\"lifetime\": \"P-1D\"}",
        "lifetime  | {\"lifetime\": \"P11Y\"}",
        "lifetime  | {\"lifetime\": \"P3654D\"}",
        "lifetime  | {\"lifetime\": \"PT999999999H\"}",
        "lifetime  | {\"lifetime\": \"P999999999999Y\"}",
        "lifetime  | {\"lifetime\": \"six months\"}",
        "lifetime  | {\"lifetime\": \"\"}",
        "lifetime  | {\"lifetime\": 6}",
        "expiresAt | {\"expiresAt\": \"2020-01-01T00:00:00Z\"}",
        "expiresAt | {\"expiresAt\": \"3020-01-01T00:00:00Z\"}",
        "expiresAt | {\"expiresAt\": \"tomorrow\"}",
        "expiresAt | {\"expiresAt\": 1}",
        "label     | {\"label\": 7}",
        "scopes    | {\"scopes\": [\"a b\"]}",
        "scopes    | {\"scopes\": [\"a\\\"\"]}",
        "scopes    | {\"scopes\": \"a\"}",
        "token     | {\"token\": \"lk_mine\"}",
        "active    | {\"active\": false}",
        "id        | {\"id\": \"mine\"}",
        "createdAt | {\"createdAt\": \"2020-01-01T00:00:00Z\"}"
      })
  void answers400ToATokenThatIsNotAllowed(String member, String json) {
    admin.posts(thirdParty.path() + "/tokens", json).complainsOf(member);
    isUntouched();
  }

  @Test
  void answers400ToALabelThatIsTooLongOrHasControlCharacters() {
    for (String label : List.of("l".repeat(300), "a\u0007b")) {
      admin.posts(thirdParty.path() + "/tokens", Map.of("label", label)).complainsOf("label");
      admin.patches(token.path(), Map.of("label", label)).complainsOf("label");
    }
    isUntouched();
  }

  @Test
  void answers400WhenBothLifetimeAndExpiryAreGiven() {
    admin
        .posts(
            thirdParty.path() + "/tokens",
            Map.of("lifetime", "P1D", "expiresAt", "2027-01-01T00:00:00Z"))
        .isProblem(400);
    isUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"active\": null}",
        "{\"active\": \"no\"}",
        "{\"active\": 0}",
        "{\"expiresAt\": \"2030-01-01T00:00:00Z\"}",
        "{\"scopes\": [\"latchkey:admin\"]}",
        "{\"hash\": \"a\"}",
        "{\"active\": false, \"id\": \"a\"}"
      })
  @DisplayName("D1: only active and label of a token can be changed")
  void refusesOtherChangesOfAToken(String json) {
    admin.patches(token.path(), json).isProblem(400);
    isUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"overlap\": \"-P1D\"}",
        "{\"overlap\": \"soon\"}",
        "{\"overlap\": 7}",
        "{\"lifetime\": \"PT0S\"}",
        "{\"lifetime\": \"P11Y\"}",
        "{\"unknown\": 1}"
      })
  void answers400ToARenewalThatIsNotAllowed(String json) {
    admin.posts(token.path() + "/renew", json).isProblem(400);
    isUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"overlap\": \"-P1D\"}", "{\"overlap\": 1}", "{\"clientSecret\": \"a\"}"})
  void answers400ToASecretRotationThatIsNotAllowed(String json) {
    admin.posts(thirdParty.path() + "/client-secret", json).isProblem(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=many",
        "limit=",
        "limit=1.5",
        "limit=99999999999",
        "limit=1&limit=2",
        "cursor=made-up",
        "cursor=%00",
        "enabled=maybe",
        "expiring-within=soon",
        "expiring-within=-P1D",
        "unknown=1",
        "Name=a"
      })
  void answers400ToABadQuery(String query) {
    admin.gets("/third-parties?" + query).isProblem(400);
  }

  @Test
  void answers400ToABadQueryOfTheOtherLists() {
    admin.gets(thirdParty.path() + "/tokens?active=maybe").isProblem(400);
    admin.gets(thirdParty.path() + "/tokens?limit=0").isProblem(400);
    admin.gets(thirdParty.path() + "/tokens?unknown=1").isProblem(400);
    admin.gets(thirdParty.path() + "/tokens?cursor=abc").isProblem(400);
    admin.gets("/audit-events?limit=201").isProblem(400);
    admin.gets("/audit-events?from=yesterday").isProblem(400);
    admin.gets("/audit-events?to=2020-13-01T00:00:00Z").isProblem(400);
    admin.gets("/audit-events?unknown=1").isProblem(400);
    admin.gets(thirdParty.path() + "?unknown=1").isProblem(400);
  }

  @Test
  void answers404ToAnUnknownId() {
    for (String id : List.of("unknown", "x".repeat(500), "%00", "..%2f..", "1%20or%201=1")) {
      String path = "/third-parties/" + id;
      Answer answer = admin.calls(path).rawAnswer();
      assertThat(answer.status()).as("%s", answer).isIn(400, 404);
    }
    admin.gets("/third-parties/unknown").isProblem(404);
    admin.patches("/third-parties/unknown", Map.of("enabled", false)).isProblem(404);
    admin.deletes("/third-parties/unknown").isProblem(404);
    admin.posts("/third-parties/unknown/client-secret", Map.of()).isProblem(404);
    admin.gets("/third-parties/unknown/tokens").isProblem(404);
    admin.posts("/third-parties/unknown/tokens", Map.of()).isProblem(404);
    admin.patches(thirdParty.path() + "/tokens/unknown", Map.of("active", false)).isProblem(404);
    admin.posts(thirdParty.path() + "/tokens/unknown/renew", Map.of()).isProblem(404);
  }

  @Test
  @DisplayName("D1: a token is reached only through its own third party")
  void answers404ToAnotherThirdPartysToken() {
    ThirdParty other = admin.registers("Another");
    String path = other.path() + "/tokens/" + token.id();

    admin.patches(path, Map.of("active", false)).isProblem(404);
    admin.posts(path + "/renew", Map.of()).isProblem(404);

    isUntouched();
    assertThat(other.tokens()).isEmpty();
  }

  @Test
  void answers404ToAnUnknownRoute() {
    admin.gets("/unknown").isProblem(404);
    admin.gets("/third-parties/" + thirdParty.id() + "/unknown").isProblem(404);
    admin.gets("").hasStatus(404);
  }

  @Test
  void answers405WithAllowToAMethodThatTheRouteDoesNotHave() {
    assertThat(admin.deletes("/third-parties").isProblem(405).field("Allow"))
        .contains("GET", "POST");
    admin.calls(thirdParty.path()).by("PUT").sending(JSON, "{}").answer().isProblem(405);
    admin.calls("/audit-events").by("POST").sending(JSON, "{}").answer().isProblem(405);
    admin.gets("/access-check").isProblem(405);
  }

  @Test
  void answers415ToABodyThatIsNotJson() {
    String body = "{\"name\": \"Type\", \"authorization\": \"manual\"}";
    for (String type :
        List.of("text/plain", "application/xml", "application/x-www-form-urlencoded")) {
      admin.calls("/third-parties").by("POST").sending(type, body).answer().isProblem(415);
    }
    admin.calls(thirdParty.path()).by("PATCH").sending("text/plain", "{}").answer().isProblem(415);
    isUntouched();
  }

  @Test
  void answers406ToSomeoneWhoWantsNoJson() {
    admin.calls("/third-parties").with("Accept", "application/xml").answer().hasStatus(406);
    admin.calls("/third-parties").with("Accept", "application/json").answer().hasStatus(200);
    admin.calls("/third-parties").with("Accept", "*/*").answer().hasStatus(200);
  }

  // issue 15.15
  @ParameterizedTest
  @ValueSource(strings = {"json", "/", "application/json;charset", "*/json", "a/b;=", "(a)/b"})
  void answersAProblemToAMalformedMediaTypeBeforeAndAfterSignIn(String type) {
    for (Admin caller : List.of(admin, latchkey.nobody())) {
      caller.calls("/third-parties").with("Accept", type).rawAnswer().isProblem(400);
      caller.calls("/third-parties").by("POST").sending(type, "{}").rawAnswer().isProblem(400);
    }
  }

  // issue 15.15
  @Test
  void answersAProblemToAnUnknownMethodOrABadEscape() {
    admin.calls("/third-parties").by("FOO").rawAnswer().isProblem(405);
    admin.calls("/third-parties?name=%ff").rawAnswer().isProblem(400);
    Answer malformed = admin.calls("/third-parties?name=%zz").rawAnswer().hasStatus(400);
    // WildFly refuses it before any application sees it, without a body.
    if (!malformed.body().isEmpty()) {
      malformed.isProblem(400);
    }
  }

  // issue 15.12
  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=%2B294277-01-01T00:00:00Z",
        "to=%2B10000-01-01T00:00:00Z",
        "from=0000-12-31T00:00:00Z",
        "cursor=YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "actor=%00"
      })
  void answers400ToWhatNoDatabaseHolds(String query) {
    admin.gets("/audit-events?" + query).isProblem(400);
  }

  @Test
  void takesAMergePatchAsRfc7396Says() {
    ThirdParty patched =
        admin.registers(
            "Merge",
            Map.of(
                "contactName",
                "Ada",
                "contactEmail",
                "ada@a.example",
                "scopes",
                List.of("a", "b")));

    admin.patches(patched.path(), "{\"contactName\": null, \"scopes\": [\"c\"]}").hasStatus(200);

    JsonObject now = patched.now();
    assertThat(now.get("contactName")).isIn(null, jakarta.json.JsonValue.NULL);
    assertThat(now.getString("contactEmail")).isEqualTo("ada@a.example");
    assertThat(now.getJsonArray("scopes").toString()).isEqualTo("[\"c\"]");
    assertThat(now.getString("name")).isEqualTo(patched.name());
    admin
        .calls(patched.path())
        .by("PATCH")
        .sending(JSON, "{\"contactName\": \"Bob\"}")
        .answer()
        .hasStatus(200);
  }

  private void isUntouched() {
    JsonObject now = thirdParty.now();
    assertThat(now.getString("name")).isEqualTo(thirdParty.name());
    assertThat(now.getBoolean("enabled")).isTrue();
    assertThat(now.getInt("activeTokens")).isEqualTo(1);
    assertThat(thirdParty.tokens()).hasSize(1);
    latchkey.calls("/sample/whoami").with(token).isAdmitted();
  }
}
