package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.filter.Fixture.Issued;
import dev.latchkey.filter.TomcatServer.Reply;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.catalina.Context;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter in a real container, asked over bare sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnTomcatTest {

  private static final String RULES = "* /api/secret/* secret; GET /api/reports/* reports";

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final Issued token = latchkey.issues("other");
  private final String bearer = "Authorization: " + token.header();
  private TomcatServer server;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    server =
        TomcatServer.starts(
            folder,
            Map.of(
                "latchkey.jdbc.url",
                Fixture.DATABASE,
                "latchkey.filter.rules",
                RULES,
                "latchkey.filter.excluded-paths",
                "/api/public/*"));
    server.deploys(
        "/checked",
        Map.of(
            "jdbc.url",
            Fixture.DATABASE,
            "filter.rules",
            RULES,
            "filter.check-forwards",
            "true",
            "filter.excluded-paths",
            "/forward/*"));
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  @Test
  @DisplayName("A4, A8, A9 without credentials")
  void answers401WithoutCredentials() throws Exception {
    Reply reply = server.sends("GET", "/app/api/x");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("WWW-Authenticate"))
        .containsExactly(
            "Bearer realm=\"latchkey\", resource_metadata=\"http://localhost/app"
                + "/.well-known/oauth-protected-resource\"");
    assertThat(reply.header("Cache-Control")).containsExactly("no-store");
    assertThat(reply.header("Content-Type")).containsExactly("application/problem+json");
    assertThat(reply.body()).startsWith("{\"type\":\"about:blank\",\"title\":\"Unauthorized\"");
    assertThat(reply.header("X-Own-Filter"))
        .as("filters of the application stand behind")
        .isEmpty();
  }

  @Test
  @DisplayName("A8 HEAD has the fields of GET and no body")
  void answersHead() throws Exception {
    Reply get = server.sends("GET", "/app/api/x");
    Reply head = server.sends("HEAD", "/app/api/x");
    assertThat(head.status()).isEqualTo(401);
    assertThat(head.body()).isEmpty();
    assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
    assertThat(head.header("WWW-Authenticate")).isEqualTo(get.header("WWW-Authenticate"));
  }

  @Test
  void admitsAnActiveToken() throws Exception {
    Reply reply = server.sends("GET", "/app/api/x", bearer);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("REQUEST /api/x by " + token.thirdParty());
    assertThat(reply.header("Cache-Control")).containsExactly("private");
    assertThat(reply.header("X-Own-Filter")).containsExactly("reached");
  }

  @Test
  @DisplayName("A8 the application's own Cache-Control stands")
  void leavesCacheControlToTheApplication() throws Exception {
    assertThat(server.sends("GET", "/app/cached", bearer).header("Cache-Control"))
        .containsExactly("max-age=60");
  }

  @ParameterizedTest
  @DisplayName("Bad input, and what it gets")
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "Authorization: Bearer, 400",
        "Authorization: bearer a b, 400",
        "Authorization: Bearer =, 400",
        "Authorization: Bearer ä, 400",
        "Authorization: Basic YTpi, 401",
        "Authorization: Bearer foreign, 401",
        "`Authorization: Bearer a, Bearer b`, 400",
        "X-Token: x, 401",
      })
  void refusesBadInput(String header, int status) throws Exception {
    Reply reply = server.sends("GET", "/app/api/x", header);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.body()).contains("\"status\":" + status);
  }

  @Test
  @DisplayName("A3 two Authorization headers: 400, though one of them is good")
  void refusesTwoHeaders() throws Exception {
    assertThat(server.sends("GET", "/app/api/x", bearer, "authorization: Basic YTpi").status())
        .isEqualTo(400);
  }

  @Test
  @DisplayName("A1 a token in the query is no credential")
  void doesNotLookAtTheQuery() throws Exception {
    assertThat(server.sends("GET", "/app/api/x?access_token=" + token.secret()).status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @DisplayName("A12, A14 no spelling gets around a rule")
  @ValueSource(
      strings = {
        "/app/api/secret",
        "/app/api/secret/",
        "/app/api/secret/x",
        "/app//api///secret/x",
        "//app/api/secret/x",
        "/app/api/secret;a=b/x",
        "/app;x/api/secret/x",
        "/app/api;x/secret/x",
        "/%61pp/api/secret/x",
        "/app/%61pi/%73ecret/x",
        "/app/api/%2e/secret/x",
        "/app/api/y/../secret/x",
        "/app/api/y/%2e%2e/secret/x",
        "/app/api/y/..;/secret/x",
        "/app/api/public/../secret/x",
        "/app/api/public/..;a=b/secret/x",
        "/app/api/public/%2e%2e/secret/x",
        "/app/api/public/%2e%2e%2fsecret/x",
        "/app/api/public/..%5csecret/x",
        "/app/api/public/%252e%252e/secret/x",
        "/app/api%2fsecret/x",
        "/app/api/secret%00/x",
        "/app/api/secret%20/x",
        "/app/api/SECRET/x",
        "/app/api/secret./x",
        "/app/api/secret%c0%ae/x",
        "/app/./api/secret/x",
        "/x/../app/api/secret/x",
        "http://localhost/app/api/secret/x",
      })
  void noSpellingGetsAroundARule(String target) throws Exception {
    Reply without = server.sends("GET", target);
    Reply with = server.sends("GET", target, bearer);
    assertThat(without.body()).doesNotContain(" by ");
    assertThat(with.body().toLowerCase(Locale.ROOT)).doesNotContain("/secret");
    assertThat(with.status()).isBetween(400, 404);
  }

  @ParameterizedTest
  @DisplayName("excluded paths are open as they are spelt, and in no other way")
  @CsvSource({
    "/app/api/public/x, 200",
    "/app/api/public, 200",
    "/app/api/public/x;y, 200",
    "/app/api/Public/x, 401",
    "/app/api/publicx, 401",
    "/app/api/public/../public/x, 400",
  })
  void excludedPaths(String target, int status) throws Exception {
    assertThat(server.sends("GET", target).status()).isEqualTo(status);
  }

  @Test
  @DisplayName("A13 HEAD follows GET, another method needs any active token")
  void methods() throws Exception {
    assertThat(server.sends("GET", "/app/api/reports/x", bearer).status()).isEqualTo(403);
    assertThat(server.sends("HEAD", "/app/api/reports/x", bearer).status()).isEqualTo(403);
    assertThat(server.sends("POST", "/app/api/reports/x", bearer).status()).isEqualTo(200);
    assertThat(server.sends("POST", "/app/api/reports/x").status()).isEqualTo(401);
    assertThat(
            server
                .sends("GET", "/app/api/reports/x", bearer, "X-HTTP-Method-Override: POST")
                .status())
        .isEqualTo(403);
  }

  @Test
  @DisplayName("A11 an asynchronous dispatch keeps the third party and is one use")
  void asynchronousDispatch() throws Exception {
    Issued own = latchkey.issues();
    Reply reply = server.sends("GET", "/app/async/api/later", "Authorization: " + own.header());
    assertThat(reply.body()).isEqualTo("ASYNC /api/later by " + own.thirdParty());
  }

  @Test
  @DisplayName("A11 forwards and includes are not asked again")
  void forwardsAndIncludes() throws Exception {
    assertThat(server.sends("GET", "/app/forward/api/secret/x", bearer).body())
        .isEqualTo("FORWARD /api/secret/x by " + token.thirdParty());
    assertThat(server.sends("GET", "/app/include/api/secret/x", bearer).body())
        .isEqualTo("before INCLUDE /include/api/secret/x by " + token.thirdParty() + " after");
  }

  @Test
  @DisplayName("A11 with check-forwards, a forward is held to the rules of its target")
  void checkedForwards() throws Exception {
    String secret = "Authorization: " + latchkey.issues("secret").header();
    Reply refused = server.sends("GET", "/checked/forward/api/secret/x", bearer);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.header("WWW-Authenticate").get(0)).contains("scope=\"secret\"");
    assertThat(server.sends("GET", "/checked/forward/api/x").status()).isEqualTo(401);
    assertThat(server.sends("GET", "/checked/forward/api/x", bearer).body())
        .isEqualTo("FORWARD /api/x by " + token.thirdParty());
    assertThat(server.sends("GET", "/checked/forward/api/secret/x", secret).status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("A11 with check-forwards, an include that is refused includes nothing")
  void checkedIncludes() throws Exception {
    assertThat(server.sends("GET", "/checked/include/api/secret/x", bearer).body())
        .isEqualTo("before  after");
    assertThat(server.sends("GET", "/checked/include/api/x", bearer).body())
        .isEqualTo("before INCLUDE /include/api/x by " + token.thirdParty() + " after");
  }

  @Test
  @DisplayName("A11 an error page never makes a 200 of a refusal, nor of the application's failure")
  void errorPages() throws Exception {
    assertThat(server.sends("GET", "/app/api/x").body()).doesNotContain("our page");
    Reply failed = server.sends("GET", "/app/failing", bearer);
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.body()).isEqualTo("our page");
  }

  @Test
  @DisplayName("A9 the metadata of the application and of a part of it")
  void metadata() throws Exception {
    String at = "/app/.well-known/oauth-protected-resource";
    assertThat(server.sends("GET", at).body())
        .isEqualTo(
            "{\"resource\":\"http://localhost/app\",\"bearer_methods_supported\":[\"header\"],"
                + "\"scopes_supported\":[\"reports\",\"secret\"]}");
    assertThat(server.sends("GET", at + "/api/x").body())
        .startsWith("{\"resource\":\"http://localhost/app/api/x\"");
    Reply elsewhere = server.sends("GET", at, "X-Forwarded-Host: evil.example");
    assertThat(elsewhere.body()).doesNotContain("evil");
    assertThat(server.sends("POST", at).status()).isEqualTo(401);
  }

  @Test
  @DisplayName("A10 a true preflight reaches the application without a third party")
  void preflight() throws Exception {
    Reply passed =
        server.sends(
            "OPTIONS",
            "/app/api/x",
            "Origin: https://app.example",
            "Access-Control-Request-Method: PUT");
    assertThat(passed.body()).isEqualTo("REQUEST /api/x by nobody");
    assertThat(server.sends("OPTIONS", "/app/api/x").status()).isEqualTo(401);
  }

  @Test
  @DisplayName("A20 an expired token is refused, a disabled one as well")
  void endedTokens() throws Exception {
    Issued off = latchkey.issues();
    latchkey.deactivates(off);
    Reply reply = server.sends("GET", "/app/api/x", "Authorization: " + off.header());
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("WWW-Authenticate").get(0)).contains("error=\"invalid_token\"");
  }

  @Test
  @DisplayName(
      "never unprotected: 503 until the tables are there, then by itself; no thread is left")
  void waitsForTheDatabase() throws Exception {
    String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    Set<Thread> before = ourThreads();
    Context late = server.deploys("/late", Map.of("jdbc.url", url));
    Reply waiting = server.sends("GET", "/late/api/x", bearer);
    assertThat(waiting.status()).isEqualTo(503);
    assertThat(waiting.header("Retry-After")).containsExactly("5");
    assertThat(waiting.header("WWW-Authenticate")).isEmpty();
    assertThat(server.sends("GET", "/late/api/x").status()).isEqualTo(401);

    Settings settings =
        Settings.read(Map.of(), Map.of("latchkey.jdbc.url", url), Map.of(), Map.of());
    Administration.open(
            settings,
            ServerDataSource.lookedUp(settings),
            latchkey.clock,
            new SecureRandom(),
            List.of())
        .close();
    assertThat(eventually(401, "/late/api/x")).as("foreign here, and known to be so").isTrue();

    server.undeploys(late);
    assertThat(ourThreads()).as("threads left behind").isSubsetOf(before);
  }

  @Test
  @DisplayName("never unprotected: a wrong configuration answers 503 to everything")
  void answers503ToAWrongConfiguration() throws Exception {
    server.deploys("/wrong", Map.of("filter.rules", "nonsense"));
    assertThat(server.sends("GET", "/wrong/api/x", bearer).status()).isEqualTo(503);
    assertThat(server.sends("GET", "/wrong/").status()).isEqualTo(503);
  }

  private boolean eventually(int status, String target) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (System.nanoTime() < end) {
      if (server.sends("GET", target, bearer).status() == status) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private static Set<Thread> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("latchkey"))
        .collect(Collectors.toSet());
  }
}
