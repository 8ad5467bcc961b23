package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /verify}, which a reverse proxy asks before it lets a request through (contract §4). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(4)
@DisplayName("Forward-auth")
class ForwardAuthIT {

  private final Latchkey latchkey;
  private final Token token;
  private final Token reader;

  ForwardAuthIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.token = latchkey.admin().issuesTokenFor("b:two", "a:one");
    this.reader = latchkey.admin().issuesTokenFor("reports:read");
  }

  @Test
  void answers204WithWhoItIs() {
    for (String method : List.of("GET", "HEAD")) {
      Answer answer = latchkey.calls("/verify").by(method).with(token).rawAnswer().hasStatus(204);

      assertThat(answer.field("X-Latchkey-Third-Party")).isEqualTo(token.owner().name());
      assertThat(answer.field("X-Latchkey-Client-Id")).isEqualTo(token.owner().clientId());
      assertThat(answer.field("X-Latchkey-Token-Id")).isEqualTo(token.id());
      assertThat(answer.field("X-Latchkey-Scopes").split(" "))
          .containsExactlyInAnyOrder("a:one", "b:two");
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void answersTheErrorsOfTheFilter() {
    Answer none = latchkey.calls("/verify").answer().isProblem(401);
    assertThat(none.challenge().error()).isEmpty();
    latchkey.calls("/verify").bearing("abc").isRefused();
    Answer malformed = latchkey.calls("/verify").with("Authorization", "Bearer").rawAnswer();
    assertThat(malformed.isProblem(400).challenge().error()).contains("invalid_request");
    for (String name :
        List.of(
            "X-Latchkey-Third-Party",
            "X-Latchkey-Client-Id",
            "X-Latchkey-Token-Id",
            "X-Latchkey-Scopes")) {
      assertThat(none.fields(name)).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}: {1}, {2}: {3}")
  @CsvSource({
    "X-Forwarded-Method, GET, X-Forwarded-Uri, /sample/reports/march, reports:read",
    "X-Forwarded-Method, HEAD, X-Forwarded-Uri, /sample/reports/march, reports:read",
    "X-Forwarded-Method, GET, X-Forwarded-Uri, /sample/reports/march?a=b, reports:read",
    "X-Forwarded-Method, POST, X-Forwarded-Uri, /sample/anything, sample:write",
    "X-Original-Method, GET, X-Original-URI, /sample/reports/march, reports:read",
    "X-Original-Method, POST, X-Original-Uri, /sample/anything, sample:write",
  })
  void appliesTheRulesToTheForwardedRequest(
      String methodField, String method, String uriField, String uri, String scope) {
    Call call = latchkey.calls("/verify").with(methodField, method).with(uriField, uri);

    Answer refused = call.with(token).answer().isProblem(403);

    assertThat(refused.challenge().error()).contains("insufficient_scope");
    assertThat(refused.challenge().parameter("scope")).contains(scope);
    if (scope.equals("reports:read")) {
      call.with(reader).answer().hasStatus(204);
    }
    call.answer().isProblem(401);
  }

  @Test
  void admitsAnActiveTokenWhereNoRuleAsksForMore() {
    latchkey
        .calls("/verify")
        .with("X-Forwarded-Method", "GET")
        .with("X-Forwarded-Uri", "/sample/whoami")
        .with(token)
        .answer()
        .hasStatus(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sample/reports;x/march",
        "/sample//reports/march",
        "//sample/reports/march",
        "/sample/y/../reports/march",
        "/sample/./reports/march",
        "/sample/y/..;/reports/march",
        "/sample/%72eports/march",
        "/sample/y/%2e%2e/reports/march",
        "/sample%2freports/march",
        "/sample%5creports/march",
        "/sample/reports%00/march",
        "/sample%252freports/march",
        "/sample/REPORTS/march",
        "/sample/reports/",
        "/sample/reports",
        "/sample/reports#/x",
        "/sample/reports?/x",
        "http://proxy.example/sample/reports/march",
        "sample/reports/march",
        "/sample/\\..\\sample\\reports\\march"
      })
  @DisplayName("A12: no spelling of the forwarded path gets around its rule")
  void doesNotAdmitAForwardedSpellingWithoutTheScope(String uri) {
    for (String field : List.of("X-Forwarded-Uri", "X-Original-URI")) {
      Answer answer =
          latchkey
              .calls("/verify")
              .with("X-Forwarded-Method", "GET")
              .with(field, uri)
              .with(token)
              .rawAnswer();
      assertThat(answer.status()).as("status of %s for %s", answer, uri).isIn(400, 403);
    }
  }

  @ParameterizedTest(name = "{0}: {1}, then {2}: {3}")
  @CsvSource({
    "X-Forwarded-Uri, /sample/whoami, X-Forwarded-Uri, /sample/reports/x",
    "X-Forwarded-Uri, /sample/reports/x, X-Forwarded-Uri, /sample/whoami",
    "X-Original-URI, /sample/whoami, X-Original-URI, /sample/reports/x",
    "X-Original-URI, /sample/reports/x, X-Original-URI, /sample/whoami",
    "X-Forwarded-Uri, /sample/whoami, X-Original-URI, /sample/reports/x",
    "X-Forwarded-Uri, /sample/reports/x, X-Original-URI, /sample/whoami",
    "X-Forwarded-Method, GET, X-Forwarded-Method, POST",
    "X-Forwarded-Method, POST, X-Original-Method, GET",
    "X-Forwarded-Method, GET, X-Original-Method, POST",
  })
  @DisplayName("A19: forwarded fields that contradict each other admit nobody")
  void refusesContradictions(String first, String value, String second, String otherValue) {
    Call call = latchkey.calls("/verify").with(token).with(first, value).with(second, otherValue);
    if (first.endsWith("Method")) {
      call = call.with("X-Forwarded-Uri", "/sample/whoami");
    }
    assertThat(call.rawAnswer().status()).isIn(400, 403);
  }

  @Test
  void answersOnlyGetAndHead() {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
      latchkey.calls("/verify").by(method).with(token).answer().hasStatus(405);
    }
  }
}
