package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The admin WAR behind a proxy that ends TLS, names the host and takes a prefix off the path. */
// issue 14.6
@ExtendWith(TestedServer.class)
@Order(14)
@Tag("admin")
@DisplayName("F6: one public origin behind a proxy")
class BehindProxyIT {

  /** {@code latchkey.filter.trusted-proxies} of {@code jvm.options}. */
  private static final String PROXY = "127.0.0.9";

  private static final String ORIGIN = "https://keys.example";
  private static final String API = "/latchkey/api/v1";

  private final Latchkey latchkey;
  private final Admin admin;

  BehindProxyIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void makesLinksOfThePublicOrigin() {
    ThirdParty party = admin.registers("Behind");

    Answer link = posts(admin.calls("/third-parties/" + party.id() + "/handover"), "{}");

    assertThat(link.hasStatus(201).json().getString("url"))
        .startsWith(ORIGIN + "/team/latchkey/handover/#");
    admin.noted(link);
    assertThat(link.field("Location"))
        .startsWith(ORIGIN + "/team" + API + "/third-parties/" + party.id() + "/handover/");
    assertThat(link.field("Strict-Transport-Security")).contains("max-age=");
  }

  @Test
  void namesWhatWasCreatedByItsPublicUrl() {
    ThirdParty party = admin.registers("Behind");
    Answer token = posts(admin.calls("/third-parties/" + party.id() + "/tokens"), "{}");
    admin.noted(token);
    assertThat(token.field("Location"))
        .isEqualTo(
            ORIGIN
                + "/team"
                + API
                + "/third-parties/"
                + party.id()
                + "/tokens/"
                + token.json().getString("id"));
  }

  @Test
  @DisplayName("signs in with a __Host- cookie, reads it, and forgets it at the sign-out")
  void keepsTheCookieToTheHost() {
    latchkey.takesASeat("proxied", "viewer");
    String password = "plum-tractor-violin-proxied";

    Answer in =
        posts(
            latchkey.calls(API + "/session").with("X-Latchkey-Console", "1").with("Origin", ORIGIN),
            Admin.text(Map.of("name", "proxied", "password", password)));

    String set = in.hasStatus(200).field("Set-Cookie");
    assertThat(set)
        .matches("__Host-latchkey-session=[^;]{40,}; Path=/; HttpOnly; SameSite=Strict; Secure");
    String cookie = set.substring(0, set.indexOf(';'));
    latchkey.secrets().seen(cookie.substring(cookie.indexOf('=') + 1));
    Call session = proxied(latchkey.calls(API + "/session")).with("Cookie", cookie);
    session.rawAnswerFrom(PROXY).hasStatus(200);
    session
        .by("DELETE")
        .with("X-Latchkey-Console", "1")
        .with("Origin", "http://keys.example")
        .rawAnswerFrom(PROXY)
        .isProblem(401, 403);
    Answer out =
        session
            .by("DELETE")
            .with("X-Latchkey-Console", "1")
            .with("Origin", ORIGIN)
            .rawAnswerFrom(PROXY)
            .hasStatus(204);
    assertThat(out.field("Set-Cookie"))
        .isEqualTo(
            "__Host-latchkey-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict; Secure");
    session.rawAnswerFrom(PROXY).hasStatus(401);
  }

  @Test
  void sendsBrowsersToPublicPaths() {
    String request =
        "response_type=code&code_challenge_method=S256&code_challenge="
            + "a".repeat(43)
            + "&client_id="
            + OAuthClient.registered(latchkey, Map.of()).id();
    Answer moved =
        proxied(latchkey.calls("/latchkey/oauth/authorize?" + request)).rawAnswerFrom(PROXY);
    assertThat(moved.hasStatus(303).field("Location"))
        .endsWith("/team/latchkey/#/authorize?" + request);
    assertThat(moved.field("Strict-Transport-Security")).contains("max-age=");
  }

  @Test
  void believesNobodyElse() {
    ThirdParty party = admin.registers("Behind");
    Answer link =
        proxied(admin.calls("/third-parties/" + party.id() + "/handover"))
            .by("POST")
            .sending("application/json", "{}")
            .rawAnswerFrom("127.0.0.1");
    admin.noted(link);
    String url = link.hasStatus(201).json().getString("url");
    if (Installation.setting("tested.server").equals("openliberty")) {
      // It takes X-Forwarded-Proto from everybody, and tells applications that it was https.
      assertThat(url).contains("://127.0.0.1:");
      return;
    }
    assertThat(url).startsWith("http://127.0.0.1:");
    assertThat(link.fields("Strict-Transport-Security")).isEmpty();
  }

  private static Answer posts(Call call, String json) {
    return proxied(call).by("POST").sending("application/json", json).rawAnswerFrom(PROXY);
  }

  private static Call proxied(Call call) {
    return call.with("X-Forwarded-Proto", "https")
        .with("X-Forwarded-Host", "keys.example")
        .with("X-Forwarded-Prefix", "/team");
  }
}
