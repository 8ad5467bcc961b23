package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's sign-in (security D3, D4, D10). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(12)
@Tag("admin")
@Tag("once")
@DisplayName("D3, D4: sessions")
class SessionIT {

  private static final String ADA = "ada";
  private static final String PASSWORD = "plum-tractor-violin-" + ADA;

  private final Latchkey latchkey;
  private final Seat ada;

  SessionIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.ada = latchkey.takesASeat(ADA, "admin");
  }

  @Test
  void signsSomebodyInByACookieThatScriptsAndOtherSitesDoNotSee() {
    Answer answer = Seat.asked(latchkey, ADA, PASSWORD).answer().hasStatus(200);

    JsonObject shown = answer.json();
    assertThat(shown.getString("name")).isEqualTo(ADA);
    assertThat(shown.getString("role")).isEqualTo("admin");
    assertThat(shown.getString("signedInBy")).isEqualTo("session");
    assertThat(shown.getBoolean("mustChangePassword")).isFalse();
    assertThat(Instant.parse(shown.getString("endsAt")))
        .isBetween(
            Instant.now().plus(Duration.ofHours(11)), Instant.now().plus(Duration.ofHours(12)));
    assertThat(answer.field("Set-Cookie"))
        .matches("latchkey-session=[^;]{40,}; Path=/latchkey; HttpOnly; SameSite=Strict");
    assertThat(answer.field("Cache-Control")).contains("no-store");
    assertThat(answer.body()).doesNotContain(Seat.of(latchkey, answer).cookie());
  }

  @Test
  @DisplayName("D3: the cookie is Secure where the browser speaks https")
  void keepsTheCookieOnHttps() {
    Answer https =
        latchkey
            .calls("/latchkey/api/v1/session")
            .by("POST")
            .with("Sec-Fetch-Site", "same-origin")
            .with("Origin", "https://keys.example")
            .sending("application/json", Admin.text(Map.of("name", ADA, "password", PASSWORD)))
            .answer()
            .hasStatus(200);
    String cookie = https.field("Set-Cookie");
    latchkey.secrets().seen(cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')));
    assertThat(cookie)
        .startsWith("__Host-latchkey-session=")
        .contains("; Path=/;")
        .endsWith("; Secure");
  }

  @Test
  void refusesAWrongPasswordWithoutABasicChallenge() {
    Answer answer = Seat.asked(latchkey, ADA, "wrong").rawAnswerFrom("127.0.0.11").isProblem(401);
    assertThat(answer.fields("WWW-Authenticate").toString()).doesNotContain("Basic");
    assertThat(answer.fields("Set-Cookie")).isEmpty();
    Answer unknown =
        Seat.asked(latchkey, "nobody", "wrong").rawAnswerFrom("127.0.0.11").isProblem(401);
    assertThat(unknown.body()).isEqualTo(answer.body());
    latchkey
        .calls("/latchkey/api/v1/session")
        .by("POST")
        .sending("application/json", "{\"name\": \"ada\"}")
        .answer()
        .complainsOf("password");
  }

  @Test
  @DisplayName("D2: guessing at the console's sign-in gets slow as well")
  void slowsDownWhoeverGuesses() {
    Call guess = Seat.asked(latchkey, ADA, "a wrong password");
    Answer last = guess.rawAnswerFrom("127.0.0.12");
    for (int i = 0; last.status() == 401 && i < 20; i++) {
      last = guess.rawAnswerFrom("127.0.0.12");
    }
    assertThat(Integer.parseInt(last.isProblem(429).field("Retry-After"))).isPositive();
    Seat.signedIn(latchkey, ADA, PASSWORD);
  }

  @Test
  @DisplayName("D3: a new id at each sign-in; the browser's session from before ends")
  void opensANewSessionAtEachSignIn() {
    Seat first = Seat.signedIn(latchkey, ADA, PASSWORD);

    Answer again =
        Seat.asked(latchkey, ADA, PASSWORD)
            .with("Cookie", Seat.COOKIE + "=" + first.cookie())
            .answer()
            .hasStatus(200);

    Seat second = Seat.of(latchkey, again);
    assertThat(second.cookie()).isNotEqualTo(first.cookie());
    assertThat(first.isOpen()).isFalse();
    assertThat(second.isOpen()).isTrue();
  }

  @Test
  @DisplayName("D3: signing out ends the session at the server")
  void signsOut() {
    Seat seat = Seat.signedIn(latchkey, ADA, PASSWORD);

    Answer out = seat.console().deletes("/session").hasStatus(204);

    assertThat(out.field("Set-Cookie")).startsWith(Seat.COOKIE + "=; Max-Age=0");
    seat.console().gets("/third-parties").isProblem(401);
    assertThat(ada.isOpen()).isTrue();
  }

  @Test
  @DisplayName("D3: one's sessions are listed and ended")
  void listsAndEndsSessions() {
    Seat other = Seat.signedIn(latchkey, ADA, PASSWORD);
    List<JsonObject> listed =
        Admin.itemsOf(other.console().gets("/account/sessions").hasStatus(200).json());
    assertThat(listed).filteredOn(session -> session.getBoolean("present")).hasSize(1);
    assertThat(listed.toString()).doesNotContain(other.cookie(), other.cookie().substring(13));
    assertThat(listed.get(0).getString("address")).isEqualTo("127.0.0.1");

    String id = other.cookie().substring(0, 12);
    ada.console().deletes("/account/sessions/" + id).hasStatus(204);

    assertThat(other.isOpen()).isFalse();
    ada.console().deletes("/account/sessions/" + id).isProblem(404);
  }

  @Test
  @DisplayName("D3: a new password ends all other sessions")
  void endsOtherSessionsWithANewPassword() {
    Seat bob = latchkey.takesASeat("bob", "viewer");
    Seat elsewhere = Seat.signedIn(latchkey, "bob", "plum-tractor-violin-bob");

    bob.changesPassword("wrong", latchkey.secrets().seen("violin-tractor-plum-bob"))
        .complainsOf("currentPassword");
    bob.changesPassword("plum-tractor-violin-bob", "password1234").complainsOf("newPassword");
    bob.changesPassword("plum-tractor-violin-bob", "plum-tractor-violin-bob")
        .complainsOf("newPassword");
    assertThat(elsewhere.isOpen()).isTrue();
    bob.changesPassword("plum-tractor-violin-bob", "violin-tractor-plum-bob").hasStatus(204);

    assertThat(elsewhere.isOpen()).isFalse();
    assertThat(bob.isOpen()).isTrue();
    Seat.asked(latchkey, "bob", "plum-tractor-violin-bob")
        .rawAnswerFrom("127.0.0.13")
        .isProblem(401);
    Seat.signedIn(latchkey, "bob", "violin-tractor-plum-bob");
  }

  @Test
  @DisplayName("D10: before the first password is changed a session does nothing else")
  void asksForANewPasswordFirst() {
    String first =
        latchkey
            .firstUser()
            .posts("/users", Map.of("name", "carl", "role", "admin"))
            .hasStatus(201)
            .json()
            .getString("password");
    Answer answer = Seat.asked(latchkey, "carl", first).answer().hasStatus(200);
    assertThat(answer.json().getBoolean("mustChangePassword")).isTrue();
    Seat carl = Seat.of(latchkey, answer);

    for (String path : List.of("/third-parties", "/users", "/account/sessions", "/stats")) {
      carl.console().gets(path).isProblem(403);
    }
    carl.console()
        .posts("/third-parties", Map.of("name", "By Carl", "authorization", "manual"))
        .isProblem(403);
    carl.console().gets("/session").hasStatus(200);
    carl.changesPassword(first, latchkey.secrets().seen("plum-tractor-violin-carl")).hasStatus(204);
    carl.console().gets("/third-parties").hasStatus(200);
  }

  static Stream<Map<String, String>> forgeries() {
    return Stream.of(
        Map.of(),
        Map.of("Origin", "http://evil.example"),
        Map.of("Origin", "null"),
        Map.of("Sec-Fetch-Site", "cross-site"),
        Map.of("Sec-Fetch-Site", "same-site"),
        Map.of("Sec-Fetch-Site", "same-origin"),
        Map.of("X-Latchkey-Console", "1"),
        Map.of("X-Latchkey-Console", "1", "Origin", "http://evil.example"),
        Map.of("X-Latchkey-Console", "1", "Origin", "null"),
        Map.of("X-Latchkey-Console", "1", "Sec-Fetch-Site", "cross-site"),
        Map.of("X-Latchkey-Console", "1", "Sec-Fetch-Site", "none"));
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  @DisplayName("D4: changes of a session need the console's header and its origin")
  void refusesForgedChanges(Map<String, String> fields) {
    ThirdParty target = ada.console().registers("Forged");
    Admin forged = ada.page(fields);

    forged.patches(target.path(), Map.of("enabled", false)).isProblem(401, 403);
    forged.posts(target.path() + "/tokens", "{}").isProblem(401, 403);
    forged.deletes(target.path()).isProblem(401, 403);
    forged.deletes("/session").isProblem(401, 403);

    assertThat(target.now().getBoolean("enabled")).isTrue();
    assertThat(target.tokens()).isEmpty();
    assertThat(ada.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded"})
  @DisplayName("D4: a form of another page signs nobody in")
  void takesNoFormForASignIn(String type) {
    latchkey
        .calls("/latchkey/api/v1/session")
        .by("POST")
        .sending(type, Admin.text(Map.of("name", ADA, "password", PASSWORD)))
        .answer()
        .isProblem(415);
    Seat.asked(latchkey, ADA, PASSWORD)
        .with("Sec-Fetch-Site", "cross-site")
        .answer()
        .isProblem(403);
  }

  @Test
  @DisplayName("D4: another site's page is told nothing for the cookie that comes along")
  void readsNothingForAnotherSite() {
    ada.page(Map.of("Sec-Fetch-Site", "cross-site")).gets("/third-parties").isProblem(401);
    ada.page(Map.of("Origin", "http://evil.example")).gets("/third-parties").isProblem(401);
    ada.page(Map.of("Sec-Fetch-Site", "same-origin")).gets("/audit-events.csv").hasStatus(200);
  }

  @Test
  @DisplayName("D4: Basic and Bearer need no header of the console")
  void takesChangesOfProgramsWithoutTheHeader() {
    latchkey.firstUser().registers("By Basic");
    latchkey.admin().registers("By Bearer");
    assertThat(latchkey.firstUser().gets("/session").json().getString("signedInBy"))
        .isEqualTo("basic");
    latchkey.admin().gets("/account/sessions").isProblem(409);
  }

  @Test
  void knowsNoCookieThatOnlyLooksLikeOne() {
    for (String cookie :
        List.of("", "x", ada.cookie() + "x", ada.cookie().substring(0, 55) + "!", "x".repeat(56))) {
      latchkey
          .calls("/latchkey/api/v1/third-parties")
          .with("Cookie", Seat.COOKIE + "=" + cookie)
          .answer()
          .isProblem(401);
    }
  }

  @Test
  @DisplayName("D6: signing in and out is in the audit trail")
  void isAudited() {
    Seat.signedIn(latchkey, ADA, PASSWORD).console().deletes("/session").hasStatus(204);
    assertThat(latchkey.admin().items("/audit-events?actor=" + ADA))
        .extracting(event -> event.getString("action"))
        .contains("sign-in", "sign-out", "password.change");
  }
}
