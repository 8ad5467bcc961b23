package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.server.ServerKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter jar in applications of other teams, by all the ways in. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(110)
@DisplayName("In somebody's application")
class InTheApplicationIT {

  private final Applications applications;
  private final Token reports;
  private final Token other;

  InTheApplicationIT(Latchkey latchkey, Applications applications) {
    this.applications = applications;
    this.reports = latchkey.admin().issuesTokenFor("reports");
    this.other = latchkey.admin().issuesTokenFor("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/auto", "/declared", "/coded"})
  void letsInWithATokenAndTellsTheApplicationWhoCalls(String context) {
    Answer answer = applications.calls(context + "/caller/x").with(reports).answer();

    answer.hasStatus(200);
    assertThat(answer.body())
        .contains("principal=ThirdPartyPrincipal", "auth=BEARER", "reports=true", "other=false")
        .contains("name=" + reports.owner().name(), "user=" + reports.owner().clientId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/auto", "/declared", "/coded"})
  void refusesWithoutAToken(String context) {
    Answer answer = applications.calls(context + "/caller/x").answer();

    assertThat(answer.isProblem(401).challenge().error()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/auto", "/declared"})
  void holdsToTheRulesOfTheApplication(String context) {
    applications.calls(context + "/reports/1").with(reports).answer().hasStatus(200);
    applications.calls(context + "/reports/1").with(other).answer().isProblem(403);
  }

  @Test
  @DisplayName("stands in front of the application's own filters, which see the third party")
  void standsInFrontOfOtherFilters() {
    assertThat(applications.calls("/auto/caller/x").answer().fields("X-Reached")).isEmpty();
    assertThat(applications.calls("/auto/caller/x").with(other).answer().fields("X-Reached"))
        .containsExactly(other.owner().clientId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"async", "forward", "include"})
  void knowsTheCallerWhereverTheRequestIsDispatchedTo(String way) {
    Answer answer = applications.calls("/auto/dispatch/" + way).with(other).answer();

    answer.hasStatus(200);
    assertThat(answer.body()).contains("user=" + other.owner().clientId());
  }

  @Test
  void letsServerSentEventsThrough() {
    Answer answer = applications.calls("/auto/events").with(other).answer();

    answer.hasStatus(200);
    assertThat(answer.field("Content-Type")).startsWith("text/event-stream");
    assertThat(answer.body()).isEqualTo(("data: " + other.owner().clientId() + "\n\n").repeat(3));
  }

  @Test
  void letsALargeUploadThrough() {
    Call upload = applications.calls("/auto/upload").by("PUT").with(other);

    Answer answer = upload.sending("application/octet-stream", "x".repeat(5_000_000)).answer();

    assertThat(answer.hasStatus(200).body()).isEqualTo("5000000");
  }

  @Test
  @DisplayName("refuses an upload of 1 GB before any of it is sent")
  void refusesAnUploadWithoutReadingIt() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), applications.port())) {
      socket.setSoTimeout((int) Call.TIMEOUT.toMillis());
      String head =
          "PUT /auto/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1073741824\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      InputStream answer = socket.getInputStream();
      assertThat(new String(answer.readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 401");
    }
  }

  // issue 22.b
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/auto/socket",
        "/declared/socket",
        "/coded/socket",
        "/codedafter/socket",
        "/late/late"
      })
  @DisplayName("WebSocket: whichever way the filter is registered, a handshake needs a token")
  void refusesAWebSocketWithoutAToken(String path) {
    assertThatThrownBy(() -> socket(path, null).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(401));
  }

  // issue 22.b
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/auto/socket",
        "/declared/socket",
        "/coded/socket",
        "/codedafter/socket",
        "/late/late"
      })
  void opensAWebSocketWithAToken(String path) throws Exception {
    assertThat(socket(path, other).get(30, TimeUnit.SECONDS)).startsWith("hello from ");
  }

  // issue 22.b
  @Test
  @DisplayName("WebSocket: a handshake is held to the init parameters of the declared filter")
  void holdsAWebSocketToTheRulesOfTheDeclaredFilter() throws Exception {
    assertThatThrownBy(() -> socket("/declared/reports/socket", other).join())
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
    assertThat(socket("/declared/reports/socket", reports).get(30, TimeUnit.SECONDS))
        .startsWith("hello from ");
  }

  // issue 22.a
  @Test
  @DisplayName("<absolute-ordering> that lists latchkey")
  void isRegisteredWhereTheOrderListsIt() {
    applications.calls("/named/caller/x").answer().isProblem(401);
    applications.calls("/named/caller/x").with(other).answer().hasStatus(200);
    applications.calls("/named/reports/x").with(other).answer().isProblem(403);
  }

  @Test
  @DisplayName("HTTP/2, where the server speaks it without TLS")
  void checksHttp2() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    URI uri = URI.create("http://127.0.0.1:" + applications.port() + "/auto/caller/x");
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> refused =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(401);
      HttpResponse<String> admitted =
          client.send(
              HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + other.text()).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(admitted.statusCode()).isEqualTo(200);
      if (applications.kind() != ServerKind.OPENLIBERTY) {
        // Open Liberty takes no upgrade, only clients that begin with HTTP/2; this one does not.
        assertThat(admitted.version()).isEqualTo(HttpClient.Version.HTTP_2);
      }
    }
  }

  @Test
  @DisplayName("an application that nobody here wrote, with our jar and one properties file")
  void protectsPartOfSomebodyElsesApplication() {
    assertThat(applications.calls("/theirs/jolokia/version").answer().isProblem(401)).isNotNull();
    applications.calls("/theirs/jolokia/version").with(other).answer().isProblem(403);
    Answer theirs = applications.calls("/theirs/jolokia/version").with(reports).answer();
    assertThat(theirs.optionalField("Content-Type").orElse(""))
        .as("their own answer: %s", theirs)
        .doesNotContain("problem+json");
    assertThat(theirs.status()).as("%s", theirs).isLessThan(500);
    Answer open = applications.calls("/theirs/hawtio/").answer();
    assertThat(open.fields("WWW-Authenticate")).as("not protected: %s", open).isEmpty();
    assertThat(open.status()).as("%s", open).isLessThan(400);
  }

  @Test
  void tellsJaxRsWhoCalls() {
    assumeTrue(applications.kind().hasJaxRs());

    Answer answer = applications.calls("/rest/rest/me").with(reports).answer();

    assertThat(answer.hasStatus(200).body())
        .contains("principal=ThirdPartyPrincipal", "auth=BEARER", "reports=true", "other=false");
    applications.calls("/rest/rest/me").answer().isProblem(401);
  }

  @Test
  @DisplayName("beside the application's own persistence, cache and logging")
  void getsAlongWithWhatTheApplicationHas() {
    assumeTrue(applications.kind().hasJaxRs());

    String first = applications.calls("/own/notes").with(other).answer().hasStatus(200).body();
    String second = applications.calls("/own/notes").with(other).answer().hasStatus(200).body();

    assertThat(first).contains("notes=1\n", "caffeine-3.1.8.jar", "logging=ch.qos.logback");
    assertThat(first)
        .containsPattern(
            switch (applications.kind()) {
              case WILDFLY -> "provider=org\\.hibernate";
              default -> "provider=org\\.eclipse\\.persistence";
            });
    assertThat(second).contains("notes=2\n");
    applications.calls("/own/notes").answer().isProblem(401);
  }

  @Test
  @DisplayName("latchkey.datasource: the server's own DataSource")
  void takesTheServersDataSource() {
    assumeTrue(applications.kind().hasJaxRs());

    applications.calls("/jndi/caller/x").with(other).answer().hasStatus(200);
    applications.calls("/jndi/caller/x").bearing("no token").answer().isProblem(400);
  }

  private CompletableFuture<String> socket(String path, @Nullable Token token) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    if (token != null) {
      builder.header("Authorization", "Bearer " + token.text());
    }
    URI uri = URI.create("ws://127.0.0.1:" + applications.port() + path);
    return builder
        .buildAsync(
            uri,
            new WebSocket.Listener() {
              @Override
              public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                answer.complete(data.toString());
                return WebSocket.Listener.super.onText(socket, data, last);
              }

              @Override
              public void onError(WebSocket socket, Throwable broken) {
                answer.completeExceptionally(broken);
              }
            })
        .thenCompose(socket -> socket.sendText("hello", true))
        .thenCompose(socket -> answer.whenComplete((text, broken) -> socket.abort()));
  }
}
