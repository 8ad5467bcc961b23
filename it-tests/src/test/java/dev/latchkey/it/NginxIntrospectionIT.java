package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** issue 18: nginx asks the introspection endpoint, with the configuration of docs/oauth.md. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(33)
@Tag("admin")
@Tag("once")
@DisplayName("nginx and introspection, as documented")
class NginxIntrospectionIT {

  private static final int ACCEPTED = 202;

  private final Latchkey latchkey;
  private final OAuthClient client;
  private final OAuthClient gateway;
  private final AtomicInteger reached = new AtomicInteger();
  private HttpServer application;
  private Nginx nginx;

  NginxIntrospectionIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.client = OAuthClient.registered(latchkey, Map.of());
    this.gateway =
        OAuthClient.registered(latchkey, Map.of("scopes", List.of("latchkey:introspect")));
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    assumeTrue(Nginx.isInstalled(), "nginx is not installed");
    application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    application.createContext(
        "/",
        exchange -> {
          reached.incrementAndGet();
          exchange.sendResponseHeaders(ACCEPTED, -1);
          exchange.close();
        });
    application.start();
    int port = Site.freePort();
    nginx = Nginx.starts(folder, port, settings(folder, port));
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

  @Test
  void passesOnWhatHasAnActiveToken() {
    asks("Bearer " + client.token()).hasStatus(ACCEPTED);
    asks("bearer  " + client.owner().addsToken().text()).hasStatus(ACCEPTED);
    assertThat(reached).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer x",
        "Bearer lk_aaaaaaaaaa_",
        "Basic eDp5",
        "Bearer a b",
        "Bearer x&token_type_hint=y"
      })
  void refusesAnythingElse(String authorization) {
    int before = reached.get();

    Answer answer = asks(authorization).hasStatus(401);

    assertThat(answer.field("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(reached).hasValue(before);
  }

  @Test
  void refusesARevokedTokenAtOnce() {
    String token = client.token();
    client.asks("revoke", Map.of("token", token)).hasStatus(200);

    asks("Bearer " + token).hasStatus(401);
  }

  private Answer asks(String authorization) {
    List<Call.Field> fields =
        authorization.isEmpty()
            ? List.of(new Call.Field("Host", "api.example.org"))
            : List.of(
                new Call.Field("Host", "api.example.org"),
                new Call.Field("Authorization", authorization));
    return nginx.bare().ask("GET", "/x?y=z", fields, "");
  }

  private String settings(Path folder, int port) throws IOException {
    String page = Files.readString(Path.of(Installation.setting("tested.docs"), "oauth.md"), UTF_8);
    int from = page.indexOf("```nginx\n", page.indexOf("<!-- nginx introspection -->"));
    String shown = page.substring(from + "```nginx\n".length(), page.indexOf("```", from + 3));
    String credentials =
        Base64.getEncoder().encodeToString((gateway.id() + ':' + gateway.secret()).getBytes(UTF_8));
    int server = shown.indexOf("# in server { }");
    return AROUND
        .replace("$FOLDER", folder.toString())
        .replace("$LATCHKEY", "127.0.0.1:" + latchkey.installation().adminPort())
        .replace("$APPLICATION", "127.0.0.1:" + application.getAddress().getPort())
        .replace("$LISTEN", "127.0.0.1:" + port)
        .replace("$HTTP", shown.substring(0, server))
        .replace("$SERVER", shown.substring(server).replace("CREDENTIALS", credentials));
  }

  private static final String AROUND =
      """
      daemon off;
      master_process off;
      pid "$FOLDER/nginx.pid";
      error_log "$FOLDER/error.log";
      events {}
      http {
        access_log off;
        client_body_temp_path "$FOLDER/body";
        proxy_temp_path "$FOLDER/proxy";
        fastcgi_temp_path "$FOLDER/fastcgi";
        uwsgi_temp_path "$FOLDER/uwsgi";
        scgi_temp_path "$FOLDER/scgi";
        upstream latchkey { server $LATCHKEY; }
        upstream application { server $APPLICATION; }
        upstream refused { server unix:$FOLDER/refused.sock; }
        $HTTP
        server {
          listen $LISTEN;
          $SERVER
        }
        server {
          listen unix:$FOLDER/refused.sock;
          location / {
            add_header WWW-Authenticate Bearer always;
            return 401;
          }
        }
      }
      """;
}
