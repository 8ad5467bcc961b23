package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route × every role: viewer reads, operator also works tokens, admin everything. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(7)
@Tag("admin")
@Tag("once")
@DisplayName("D1: roles")
class RolesIT {

  private static final int NO_CREDENTIALS = 401;
  private static final int NOT_YOURS = 403;

  private final Latchkey latchkey;
  private final Map<String, Admin> people;

  RolesIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    Admin withoutRole = latchkey.withToken(latchkey.admin().issuesTokenFor("licences:read"));
    this.people =
        Map.of(
            "nobody", latchkey.nobody(),
            "no role", withoutRole,
            "viewer", latchkey.inRole("viewer"),
            "operator", latchkey.inRole("operator"),
            "admin", latchkey.admin(),
            "first user", latchkey.firstUser());
  }

  /**
   * A request, and what each role is answered.
   *
   * @param path {@code $T} is a third party, {@code $D} a disabled one, {@code $K} a token of $T,
   *     {@code $A} one that may administer, {@code $B} a token of $A, {@code $O} a deactivated one,
   *     {@code $E} a disabled one that may administer
   */
  record Route(
      String method, String path, @Nullable String body, int viewer, int operator, int admin) {

    @Override
    public String toString() {
      return method + " " + path + (body == null ? "" : " " + body);
    }
  }

  private static final List<Route> ROUTES =
      List.of(
          reads("/third-parties"),
          reads("/third-parties?name=a"),
          reads("/third-parties/$T"),
          reads("/third-parties/$T/tokens"),
          reads("/third-parties/$T/tokens?origin=client_credentials"),
          reads("/third-parties/$T/tokens/counts"),
          reads("/third-parties/$T/handover"),
          reads("/audit-events"),
          reads("/audit-events.csv?third-party=$T"),
          reads("/stats"),
          reads("/session"),
          operates("POST", "/third-parties/$T/tokens", "{}", 201),
          operates("PATCH", "/third-parties/$T/tokens/$K", "{\"active\": false}", 200),
          operates("PATCH", "/third-parties/$T/tokens/$K", "{\"label\": \"a\"}", 200),
          operates("POST", "/third-parties/$T/tokens/$K/renew", "{}", 201),
          operates("PATCH", "/third-parties/$T", "{\"enabled\": false}", 200),
          operates("POST", "/third-parties/$T/handover", "{}", 201),
          operates("POST", "/third-parties/$T/handover", "{\"tokenId\": \"$K\"}", 201),
          operates("DELETE", "/third-parties/$T/handover/none", null, 404),
          administers("POST", "/third-parties/$A/tokens", "{}", 201),
          administers(
              "POST", "/third-parties/$A/tokens", "{\"scopes\": [\"latchkey:admin\"]}", 201),
          operates("POST", "/third-parties/$A/tokens", "{\"scopes\": [\"a\"]}", 201),
          administers("POST", "/third-parties/$A/tokens/$B/renew", "{\"overlap\": \"PT0S\"}", 201),
          administers("POST", "/third-parties/$A/handover", "{}", 201),
          administers("POST", "/third-parties/$A/handover", "{\"tokenId\": \"$B\"}", 201),
          // issue 14.4
          administers("PATCH", "/third-parties/$A/tokens/$O", "{\"active\": true}", 200),
          operates("PATCH", "/third-parties/$A/tokens/$B", "{\"active\": false}", 200),
          operates("PATCH", "/third-parties/$A", "{\"enabled\": false}", 200),
          administers("PATCH", "/third-parties/$E", "{\"enabled\": true}", 200),
          operates("PATCH", "/third-parties/$D", "{\"enabled\": true}", 200),
          administers(
              "POST", "/third-parties", "{\"name\": \"$N\", \"authorization\": \"manual\"}", 201),
          administers("PATCH", "/third-parties/$T", "{\"contactName\": \"Ada\"}", 200),
          administers("PATCH", "/third-parties/$T", "{\"scopes\": [\"a\"]}", 200),
          administers(
              "PATCH", "/third-parties/$T", "{\"enabled\": true, \"allowedNetworks\": []}", 200),
          administers("POST", "/third-parties/$T/client-secret", "{}", 201),
          administers("DELETE", "/third-parties/$D", null, 204),
          administers("POST", "/third-parties/$T/handover", "{\"clientSecret\": true}", 201),
          administers("GET", "/audit-events/verification", null, 200),
          administers("GET", "/users", null, 200),
          administers("POST", "/users", "{\"name\": \"$U\", \"role\": \"viewer\"}", 201),
          administers("PATCH", "/users/none", "{\"role\": \"admin\"}", 404),
          administers("POST", "/users/none/password", "{}", 404),
          administers("DELETE", "/users/none", null, 404),
          administers("POST", "/access-check", "{\"clientId\": \"$C\"}", 200));

  private static Route reads(String path) {
    return new Route("GET", path, null, 200, 200, 200);
  }

  private static Route operates(String method, String path, @Nullable String body, int status) {
    return new Route(method, path, body, NOT_YOURS, status, status);
  }

  private static Route administers(String method, String path, @Nullable String body, int status) {
    return new Route(method, path, body, NOT_YOURS, NOT_YOURS, status);
  }

  static Stream<Arguments> routesAndRoles() {
    Map<String, Function<Route, Integer>> expected =
        Map.of(
            "nobody", route -> NO_CREDENTIALS,
            "no role", route -> NOT_YOURS,
            "viewer", Route::viewer,
            "operator", Route::operator,
            "admin", Route::admin,
            "first user", Route::admin);
    return ROUTES.stream()
        .flatMap(
            route ->
                expected.entrySet().stream()
                    .map(role -> Arguments.of(role.getKey(), route, role.getValue().apply(route))));
  }

  @ParameterizedTest(name = "{0}: {1} -> {2}")
  @MethodSource("routesAndRoles")
  void answersEachRoleWhatItMayDo(String who, Route route, int status) {
    Admin owner = latchkey.admin();
    ThirdParty thirdParty = owner.registers("Roles");
    ThirdParty disabled = owner.registers("Roles Disabled", Map.of("enabled", false));
    ThirdParty automation =
        owner.registers("Roles Automation", Map.of("scopes", List.of("a", "latchkey:admin")));
    Token token = thirdParty.addsToken();
    Token administering = automation.addsToken();
    Token off = automation.addsToken();
    off.isDeactivated();
    ThirdParty disabledAutomation =
        owner.registers(
            "Roles Off", Map.of("enabled", false, "scopes", List.of("a", "latchkey:admin")));
    Function<String, String> filledIn =
        text ->
            text.replace("$T", thirdParty.id())
                .replace("$D", disabled.id())
                .replace("$K", token.id())
                .replace("$A", automation.id())
                .replace("$B", administering.id())
                .replace("$O", off.id())
                .replace("$E", disabledAutomation.id())
                .replace("$C", thirdParty.clientId())
                .replace("$N", "Roles by " + who)
                .replace("$U", "roles-by-" + who.replace(' ', '-'));
    String before = state(thirdParty, disabled, automation, disabledAutomation);

    Admin person = people.get(who);
    assertThat(person).isNotNull();
    Call call = person.calls(filledIn.apply(route.path())).by(route.method());
    if (route.body() != null) {
      call = call.sending("application/json", filledIn.apply(route.body()));
    }
    Answer answer = call.answer();

    // Latchkey may answer 200 or 201 to a rotation; the contract names neither.
    if (route.path().endsWith("client-secret") && status == 201) {
      answer.hasStatus(200, 201);
    } else {
      answer.hasStatus(status);
    }
    if (status < 400 && answer.body().startsWith("{")) {
      owner.noted(answer);
    }
    if (status >= 400) {
      answer.isProblem(status);
      assertThat(state(thirdParty, disabled, automation, disabledAutomation))
          .as("nothing was done")
          .isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "latchkey:Admin",
        "latchkey:administrator",
        "latchkey:",
        "latchkey:admin:x",
        "xlatchkey:admin",
        "admin",
        "latchkey-admin"
      })
  void givesNoRoleForAScopeThatOnlyLooksLikeOne(String scope) {
    Admin impostor = latchkey.withToken(latchkey.admin().issuesTokenFor(scope));

    impostor.gets("/third-parties").isProblem(403);
  }

  @Test
  void challengesWhoeverComesWithoutCredentials() {
    Answer answer = latchkey.nobody().gets("/third-parties").isProblem(401);

    assertThat(answer.fields("WWW-Authenticate").toString()).contains("Basic", "Bearer");
    assertThat(answer.field("Cache-Control")).contains("no-store");
  }

  @Test
  @DisplayName("D1: an unknown route tells nobody that it is unknown")
  void answers401ToAnUnknownRouteWithoutCredentials() {
    latchkey.nobody().gets("/unknown").hasStatus(401);
    latchkey.nobody().gets("/third-parties/unknown").hasStatus(401);
    latchkey.nobody().posts("/third-parties", "{").hasStatus(401);
  }

  @Test
  void refusesATokenThatIsNotActive() {
    Token deactivated = latchkey.admin().issuesTokenFor("latchkey:admin");
    Token disabled = latchkey.admin().issuesTokenFor("latchkey:admin");
    Admin first = latchkey.withToken(deactivated);
    Admin second = latchkey.withToken(disabled);
    first.gets("/third-parties").hasStatus(200);
    second.gets("/third-parties").hasStatus(200);

    deactivated.isDeactivated();
    disabled.owner().isDisabled();

    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "an admin's token deactivated",
        () -> first.calls("/third-parties").gets(401));
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "an admin's third party disabled",
        () -> second.calls("/third-parties").gets(401));
    latchkey
        .withToken(latchkey.admin().issuesTokenFor("latchkey:admin"))
        .gets("/third-parties")
        .hasStatus(200);
  }

  @Test
  void refusesMalformedAndRepeatedCredentials() {
    Call list = latchkey.calls("/latchkey/api/v1/third-parties");
    String admin = "Bearer " + latchkey.admin().issuesTokenFor("latchkey:viewer").text();

    list.with("Authorization", admin).rawAnswer().hasStatus(200);
    list.with("Authorization", admin).with("Authorization", admin).rawAnswer().isProblem(400, 401);
    list.with("Authorization", "Bearer").rawAnswer().isProblem(400, 401);
    list.with("Authorization", "Basic").rawAnswer().isProblem(400, 401);
    list.with("Authorization", "Basic !!!").rawAnswer().isProblem(400, 401);
    list.with("Authorization", "Basic YWRtaW4=").rawAnswer().isProblem(400, 401);
    latchkey
        .calls("/latchkey/api/v1/third-parties?access_token=" + admin.substring(7))
        .rawAnswer()
        .isProblem(401);
  }

  private static String state(ThirdParty... thirdParties) {
    return Stream.of(thirdParties)
        .map(each -> each.now() + " " + each.tokens())
        .collect(Collectors.joining(" "));
  }
}
