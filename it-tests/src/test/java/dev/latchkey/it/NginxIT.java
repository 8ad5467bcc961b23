package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** issues 15.18 and 22.7: the nginx configuration of docs/filter.md, as it stands there. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(5)
@DisplayName("nginx as documented")
class NginxIT {

  private static final String METADATA =
      "http://api.example.org/.well-known/oauth-protected-resource";

  private final Latchkey latchkey;
  private final Token token;
  private final List<Map<String, List<String>>> reached =
      Collections.synchronizedList(new ArrayList<>());
  private HttpServer application;
  private Nginx nginx;
  @TempDir private Path folder;

  NginxIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.token = latchkey.admin().issuesTokenFor("a:one", "b:two");
  }

  @BeforeAll
  void start(@TempDir Path files) throws IOException {
    assumeTrue(Nginx.isInstalled(), "nginx is not installed");
    application = serves(this::answer);
    nginx = Nginx.starts(files, latchkey.installation().port(), application.getAddress().getPort());
  }

  @AfterAll
  void stop() {
    if (nginx != null) {
      nginx.close();
    }
    if (application != null) {
      application.stop(0);
    }
  }

  @BeforeEach
  void nothingIsReachedYet() {
    reached.clear();
  }

  @Test
  void passesOnARequestWithAnActiveTokenAndSaysWhoItIs() {
    ask("GET", "/sample/x?query=1", bearer(token)).hasStatus(200);

    assertThat(reached.get(0))
        .containsEntry("x-latchkey-client-id", List.of(token.owner().clientId()))
        .containsEntry("x-latchkey-token-id", List.of(token.id()))
        .containsEntry("x-forwarded-proto", List.of("http"))
        .containsEntry("x-forwarded-for", List.of("127.0.0.1"))
        .containsKeys("x-latchkey-third-party", "x-latchkey-scopes", "authorization");
  }

  @Test
  void replacesWhatAClientSaysAboutItself() {
    ask(
            "GET",
            "/sample/x",
            bearer(token),
            field("X-Latchkey-Client-Id", "forged"),
            field("x-latchkey-scopes", "forged"),
            field("X_Latchkey_Client_Id", "forged"),
            field("X-Forwarded-For", "203.0.113.9"),
            field("Forwarded", "for=203.0.113.9"),
            field("X-Forwarded-Proto", "https"))
        .hasStatus(200);

    assertThat(reached).singleElement().asString().doesNotContain("forged", "203.0.113.9");
    assertThat(reached.get(0)).containsEntry("x-forwarded-proto", List.of("http"));
  }

  @Test
  void aPreflightHasNobodyBehindItWhateverItSays() {
    ask(
            "OPTIONS",
            "/sample/x",
            field("Origin", "https://app.example"),
            field("Access-Control-Request-Method", "POST"),
            field("X-Latchkey-Client-Id", "forged"))
        .hasStatus(200);

    assertThat(reached.get(0)).doesNotContainKey("x-latchkey-client-id");
  }

  @Test
  void a401KeepsItsChallengeAndNamesThePublicAddress() {
    Answer none = ask("GET", "/sample/x").isProblem(401);
    assertThat(none.challenge().error()).isEmpty();
    assertThat(none.challenge().parameter("resource_metadata")).contains(METADATA);
    isNotStored(none);

    Answer unknown = ask("GET", "/sample/x", field("Authorization", "Bearer abc")).isProblem(401);
    assertThat(unknown.challenge().error()).contains("invalid_token");
  }

  @Test
  void servesTheMetadataThatTheChallengeNames() {
    Answer metadata = ask("GET", "/.well-known/oauth-protected-resource").hasStatus(200);
    assertThat(metadata.json().getString("resource")).isEqualTo("http://api.example.org");
  }

  @Test
  void a403KeepsTheScopeThatIsNeeded() {
    Answer refused = ask("POST", "/sample/x", bearer(token)).isProblem(403);
    assertThat(refused.challenge().error()).contains("insufficient_scope");
    assertThat(refused.challenge().parameter("scope")).contains("sample:write");
    isNotStored(refused);
  }

  // issue 15.1: each char is one byte; some servers refuse such a header themselves
  @ParameterizedTest
  @ValueSource(strings = {"/sample/gr\u00c3\u00b6\u00c3\u009fe/1", "/sample/gr\u00f6\u00dfe"})
  void aPathThatIsNotAsciiIs400(String path) {
    ask("GET", path).isProblem(400);
    ask("GET", path, bearer(token)).isProblem(400);
    assertThat(reached).isEmpty();
  }

  // issues 15.1 and 15.5
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sample/gr%F6%DFe",
        "/sample/%25%37%32eports/1",
        "/sample%2freports",
        "/sample/a\\b",
        "/sample/a#b"
      })
  void aPathThatCanBeReadTwiceIs400(String path) {
    Answer refused = ask("GET", path, bearer(token)).isProblem(400);
    assertThat(refused.challenge().error()).contains("invalid_request");
    isNotStored(refused);
  }

  @Test
  void aMalformedAuthorizationIs400() {
    Answer refused = ask("GET", "/sample/x", field("Authorization", "Bearer")).isProblem(400);
    assertThat(refused.challenge().error()).contains("invalid_request");
  }

  // issue 15.18
  @Test
  void largeHeadersThatAreNotReadDoNotMatter() {
    ask(
            "GET",
            "/sample/x?" + "q".repeat(5_000),
            bearer(token),
            field("Cookie", "c=" + "x".repeat(7_000)),
            field("X-Large", "x".repeat(7_000)))
        .hasStatus(200);
    ask("GET", "/sample/x", field("Cookie", "c=" + "x".repeat(7_900))).isProblem(401);
  }

  // issue 15.18
  @ParameterizedTest
  @CsvSource({"Authorization, 7900", "Origin, 7900", "Authorization, 9000", "Cookie, 9000"})
  void headersThatAreTooLargeAreNever500(String name, int length) {
    Answer answer =
        ask("GET", "/sample/" + "p".repeat(4_000), field(name, "Bearer " + "x".repeat(length)));
    assertThat(answer.status()).as("status of %s", answer).isIn(400, 401, 503);
    assertThat(reached).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400, 400", "431, 400", "503, 503", "500, 503", "404, 503", "302, 503"})
  void whatLatchkeyAnswersIsTold(int answered, int told) throws IOException {
    HttpServer stub =
        serves(
            exchange -> {
              exchange.sendResponseHeaders(answered, -1);
              exchange.close();
            });
    try (Nginx before =
        Nginx.starts(folder, stub.getAddress().getPort(), application.getAddress().getPort())) {
      Answer answer = before.bare().ask("GET", "/x", List.of(), "").isProblem(told);
      isNotStored(answer);
      assertThat(answer.fields("Retry-After")).hasSize(told == 503 ? 1 : 0);
    } finally {
      stub.stop(0);
    }
    assertThat(reached).isEmpty();
  }

  @Test
  void withoutLatchkeyTheAnswerIs503() throws IOException {
    try (Nginx before = Nginx.starts(folder, Site.freePort(), application.getAddress().getPort())) {
      Answer answer =
          before.bare().ask("GET", "/sample/x", List.of(bearer(token)), "").isProblem(503);
      assertThat(answer.fields("Retry-After")).hasSize(1);
      isNotStored(answer);
    }
    assertThat(reached).isEmpty();
  }

  @Test
  void whatTheApplicationAnswersIsLeftAlone() {
    for (int status : new int[] {400, 401, 403, 500, 503}) {
      Answer answer = ask("GET", "/sample/answers-" + status, bearer(token)).hasStatus(status);
      assertThat(answer.body()).isEqualTo("of the application");
    }
  }

  @Test
  void nobodyAsksLatchkeyThroughNginx() {
    ask("GET", "/.latchkey/verify", bearer(token)).hasStatus(404);
    assertThat(reached).isEmpty();
  }

  private Answer ask(String method, String path, Call.Field... fields) {
    Answer answer = nginx.bare().ask(method, path, List.of(fields), "");
    if (answer.status() == 401 || answer.status() == 403) {
      assertThat(answer.fields("WWW-Authenticate"))
          .as("challenges of %s", answer)
          .hasSizeLessThan(2);
    }
    return answer;
  }

  private static void isNotStored(Answer answer) {
    assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
  }

  private static Call.Field bearer(Token token) {
    return field("Authorization", "Bearer " + token.text());
  }

  private static Call.Field field(String name, String value) {
    return new Call.Field(name, value);
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private static HttpServer serves(Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", handler::handle);
    server.start();
    return server;
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, List<String>> fields = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), values));
    reached.add(fields);
    String path = exchange.getRequestURI().getPath();
    int said = path.indexOf("answers-");
    int status = said < 0 ? 200 : Integer.parseInt(path.substring(said + "answers-".length()));
    byte[] body = "of the application".getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
