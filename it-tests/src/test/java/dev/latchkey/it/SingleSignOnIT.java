package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.server.ServerKind;
import dev.latchkey.it.server.Site;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * An OpenID provider signs people in to the console (docs/sso.md): on a Payara Micro of its own,
 * because the others have none configured. It stops first of all, so that the two are not in each
 * other's way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(0)
@DisplayName("Single sign-on")
class SingleSignOnIT {

  private static final Duration START = Duration.ofSeconds(90);
  private static final String ISSUER = "people";
  private static final String CLIENT = "latchkey";
  private static final String CLIENT_SECRET = "the-secret-of-the-client-4711";

  private final MockOAuth2Server provider = new MockOAuth2Server();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int port = Site.freePort();
  private @Nullable Path folder;

  @BeforeAll
  void start() throws IOException {
    assumeTrue(
        Installation.setting("tested.server").equals("payara-micro"),
        "single sign-on is tested on Payara Micro");
    Path target = Installation.ofThisBuild().folder();
    Path own = target.resolve("sso");
    delete(own);
    folder = Files.createDirectories(own);
    provider.start(InetAddress.getLoopbackAddress(), 0);
    open.add(provider::shutdown);
    open.add(
        ServerKind.PAYARA_MICRO.start(
            new Site(
                target,
                own,
                own.resolve("log"),
                Path.of(Installation.setting("tested.jdk")),
                port,
                Map.of(
                    "LATCHKEY_HOME",
                    own.resolve("home").toString(),
                    "LATCHKEY_OIDC_ISSUER",
                    issuer(),
                    "LATCHKEY_OIDC_CLIENT_ID",
                    CLIENT,
                    "LATCHKEY_OIDC_CLIENT_SECRET",
                    CLIENT_SECRET),
                Map.of("/latchkey", target.resolve("latchkey.war")),
                "512m")));
    Browser nobody = new Browser();
    Eventually.within(
        START, "the admin WAR is ready", () -> nobody.gets("/health/ready").statusCode() == 200);
  }

  @AfterAll
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  @DisplayName("whoever the provider knows is in the role of their group, under a new session id")
  void signsPeopleIn() {
    Browser ada = new Browser();
    assertThat(ada.gets("/api/v1/session/ways").body()).contains("\"/latchkey/sso\"");
    assertThat(ada.gets("/api/v1/session").statusCode()).isEqualTo(401);

    String before = ada.startsAt("/sso");
    String after = ada.arrivesAs("ada", "latchkey-operator", "others");

    assertThat(after).isNotEqualTo(before);
    JsonObject session = ada.json("/api/v1/session");
    assertThat(session.getString("name")).isEqualTo("ada");
    assertThat(session.getString("role")).isEqualTo("operator");
    assertThat(session.getString("signedInBy")).isEqualTo("server");
    assertThat(ada.gets("/api/v1/third-parties").statusCode()).isEqualTo(200);
    assertThat(ada.gets("/api/v1/users").statusCode()).isEqualTo(403);
    assertThat(ada.gets("/api/v1/account/sessions").statusCode()).isEqualTo(409);
  }

  @Test
  @DisplayName("D4: what the provider's people change needs the console, as that of a session does")
  void refusesForgedChanges() {
    Browser boss = new Browser();
    boss.startsAt("/sso");
    boss.arrivesAs("boss", "latchkey-admin");
    String body = "{\"name\": \"By Single Sign-On\", \"authorization\": \"manual\"}";
    String path = "/api/v1/third-parties";

    assertThat(boss.sends("POST", path, body).statusCode()).isEqualTo(403);
    assertThat(boss.sends("POST", path, body, "Origin", "http://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(
            boss.sends(
                    "POST", path, body, "X-Latchkey-Console", "1", "Origin", "http://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(boss.console("POST", path, body).statusCode()).isEqualTo(201);
    assertThat(boss.gets("/api/v1/audit-events?actor=server:boss").body())
        .contains("third-party.create", "\"server:boss\"");
  }

  @Test
  void signsPeopleOut() {
    Browser ada = new Browser();
    ada.startsAt("/sso");
    ada.arrivesAs("ada", "latchkey-viewer");
    assertThat(ada.gets("/api/v1/session").statusCode()).isEqualTo(200);

    assertThat(ada.console("DELETE", "/api/v1/session", "").statusCode()).isEqualTo(204);

    assertThat(ada.gets("/api/v1/session").statusCode()).isEqualTo(401);
  }

  @Test
  @DisplayName("who is in none of the groups is told so, and has no access")
  void letsNobodyElseIn() {
    Browser eve = new Browser();
    eve.startsAt("/sso");
    HttpResponse<String> answer = eve.arrives("eve", List.of("admin", "latchkey-root"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("eve", "latchkey-viewer");
    assertThat(eve.gets("/api/v1/third-parties").statusCode()).isEqualTo(401);
  }

  @Test
  @DisplayName("a code that another browser was given signs nobody in")
  void refusesAnotherBrowsersCode() {
    Browser ada = new Browser();
    ada.startsAt("/sso");
    URI callback = ada.callback("ada", List.of("latchkey-admin"));
    Browser eve = new Browser();
    eve.startsAt("/sso");

    eve.asks(callback);

    assertThat(eve.gets("/api/v1/session").statusCode()).isEqualTo(401);
    assertThat(ada.asks(callback).statusCode()).isEqualTo(303);
    assertThat(ada.json("/api/v1/session").getString("name")).isEqualTo("ada");
  }

  @Test
  @DisplayName("everybody else signs in as before: by password, by session, not at all")
  void leavesOtherSignInsAlone() throws IOException {
    String password = Files.readString(home().resolve("initial-admin-password"));
    String basic =
        "Basic "
            + java.util.Base64.getEncoder()
                .encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
    Browser program = new Browser();
    assertThat(program.sends("GET", "/api/v1/third-parties", "", "Authorization", basic))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
    Browser user = new Browser();
    assertThat(
            user.console(
                    "POST",
                    "/api/v1/session",
                    Admin.text(Map.of("name", "admin", "password", password)))
                .statusCode())
        .isEqualTo(200);
    assertThat(user.json("/api/v1/session").getString("signedInBy")).isEqualTo("session");
    Browser nobody = new Browser();
    for (String path : List.of("/", "/?state=x", "/handover/", "/health/live")) {
      assertThat(nobody.gets(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(nobody.gets("/api/v1/third-parties?state=x").statusCode()).isEqualTo(401);
  }

  @Test
  @DisplayName("A16: the log has neither the client secret nor a token of the provider")
  void logsNoSecret() throws IOException {
    Browser ada = new Browser();
    ada.startsAt("/sso");
    ada.arrivesAs("ada", "latchkey-viewer");
    try (Stream<Path> logs = Files.walk(home().resolveSibling("log"))) {
      for (Path log : logs.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(log, StandardCharsets.ISO_8859_1))
            .doesNotContain(CLIENT_SECRET, "eyJ", ada.cookies.getOrDefault("JSESSIONID", "?"));
      }
    }
  }

  private String issuer() {
    return "http://127.0.0.1:" + provider.baseUrl().port() + "/" + ISSUER;
  }

  private Path home() {
    return java.util.Objects.requireNonNull(folder).resolve("home");
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /** A browser: keeps cookies, and goes where it is sent when told to. */
  private final class Browser {

    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, String> cookies = new TreeMap<>();
    private @Nullable URI sentTo;

    HttpResponse<String> gets(String path) {
      return sends("GET", path, "");
    }

    JsonObject json(String path) {
      HttpResponse<String> answer = gets(path);
      return new Answer(path, answer.statusCode(), Map.of(), answer.body()).hasStatus(200).json();
    }

    /** As the console's own script asks. */
    HttpResponse<String> console(String method, String path, String body) {
      return sends(method, path, body, "X-Latchkey-Console", "1", "Origin", origin());
    }

    HttpResponse<String> sends(String method, String path, String body, String... fields) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(origin() + "/latchkey" + path))
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body));
      if (!body.isEmpty()) {
        request.header("Content-Type", "application/json");
      }
      for (int i = 0; i < fields.length; i += 2) {
        request.header(fields[i], fields[i + 1]);
      }
      return sent(request);
    }

    /** Is sent to the provider; answers the id of the session that this has begun. */
    String startsAt(String path) {
      HttpResponse<String> answer = gets(path);
      assertThat(answer.statusCode()).isIn(302, 303);
      URI to = URI.create(answer.headers().firstValue("Location").orElseThrow());
      assertThat(to.toString()).startsWith(issuer() + "/");
      assertThat(to.getQuery()).contains("state=", "nonce=", "response_type=code", "openid");
      sentTo = to;
      return cookies.getOrDefault("JSESSIONID", "");
    }

    /** The address that the provider sends somebody back to. */
    URI callback(String name, List<String> groups) {
      provider.enqueueCallback(
          new DefaultOAuth2TokenCallback(
              ISSUER,
              "subject-of-" + name,
              "JWT",
              List.of(CLIENT),
              Map.of("preferred_username", name, "groups", groups),
              3600));
      HttpResponse<String> answer = asks(java.util.Objects.requireNonNull(sentTo));
      URI back = URI.create(answer.headers().firstValue("Location").orElseThrow());
      assertThat(back.toString()).startsWith(origin() + "/latchkey/sso/callback?");
      return back;
    }

    HttpResponse<String> arrives(String name, List<String> groups) {
      return asks(callback(name, groups));
    }

    /** Comes back signed in; answers the id of the session then. */
    String arrivesAs(String name, String... groups) {
      HttpResponse<String> answer = arrives(name, List.of(groups));
      assertThat(answer.statusCode()).isEqualTo(303);
      assertThat(answer.headers().firstValue("Location")).contains("/latchkey/");
      return cookies.getOrDefault("JSESSIONID", "");
    }

    HttpResponse<String> asks(URI uri) {
      return sent(HttpRequest.newBuilder(uri));
    }

    private HttpResponse<String> sent(HttpRequest.Builder request) {
      cookies.forEach((name, value) -> request.header("Cookie", name + "=" + value));
      try {
        HttpResponse<String> answer =
            client.send(request.timeout(Call.TIMEOUT).build(), BodyHandlers.ofString());
        for (String set : answer.headers().allValues("Set-Cookie")) {
          int equals = set.indexOf('=');
          cookies.put(set.substring(0, equals), set.substring(equals + 1).split(";", 2)[0]);
        }
        return answer;
      } catch (IOException broken) {
        throw new AssertionError("no answer", broken);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", stop);
      }
    }

    private String origin() {
      return "http://127.0.0.1:" + port;
    }
  }
}
