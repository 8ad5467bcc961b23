package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who did what when, newest first (contract §5, security D6). */
@ExtendWith(TestedServer.class)
@Order(11)
@Tag("admin")
@DisplayName("D6: audit trail")
class AuditIT {

  private final Latchkey latchkey;
  private final Admin admin;

  AuditIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void listsEveryCommandNewestFirst() {
    Instant before = Instant.now().minusMillis(1);
    ThirdParty thirdParty = admin.registers("Audited");
    Token token = thirdParty.addsToken();
    token.isDeactivated();
    token.isActivatedAgain();
    token.isRenewed(Duration.ofDays(1));
    admin.posts(thirdParty.path() + "/client-secret", Map.of()).hasStatus(200, 201);
    thirdParty.isDisabled();
    admin.deletes(thirdParty.path()).hasStatus(204);

    List<JsonObject> events = admin.items("/audit-events?third-party=" + thirdParty.id());

    assertThat(events).hasSizeGreaterThanOrEqualTo(8);
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.getString("actor")).startsWith("third-party:");
              assertThat(event.getString("address")).isEqualTo("127.0.0.1");
              assertThat(event.getString("action")).isNotBlank();
              assertThat(event.getString("thirdPartyId")).isEqualTo(thirdParty.id());
              assertThat(Instant.parse(event.getString("at"))).isBetween(before, Instant.now());
            });
    assertThat(events)
        .isSortedAccordingTo(
            Comparator.comparing((JsonObject event) -> Instant.parse(event.getString("at")))
                .reversed());
    assertThat(events)
        .filteredOn(event -> event.toString().contains(token.id()))
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(events.get(0).getString("action")).containsIgnoringCase("delete");
    assertThat(events.get(events.size() - 1).getString("action"))
        .containsPattern("(?i)create|regist|add");
  }

  @Test
  void tellsBeforeAndAfterOfAChange() {
    ThirdParty thirdParty = admin.registers("Before", Map.of("contactName", "Old Name"));

    thirdParty.changes(Map.of("contactName", "New Name"));

    assertThat(admin.items("/audit-events?third-party=" + thirdParty.id()).get(0).toString())
        .contains("Old Name", "New Name");
  }

  @Test
  void filtersByActorAndTime() {
    ThirdParty first = latchkey.firstUser().registers("By The First User");
    List<JsonObject> byUser = admin.items("/audit-events?actor=admin&third-party=" + first.id());
    assertThat(byUser).hasSize(1);
    assertThat(byUser.get(0).getString("actor")).isEqualTo("admin");
    Instant at = Instant.parse(byUser.get(0).getString("at"));
    String query = "/audit-events?third-party=" + first.id();

    assertThat(admin.items(query + "&actor=somebody")).isEmpty();
    assertThat(admin.items(query + "&from=" + at.minusSeconds(1) + "&to=" + at.plusSeconds(1)))
        .hasSize(1);
    assertThat(admin.items(query + "&from=" + at.plusSeconds(1))).isEmpty();
    assertThat(admin.items(query + "&to=" + at.minusSeconds(1))).isEmpty();
  }

  @Test
  @DisplayName("D6: refused attempts are in it")
  void listsRefusedAttempts() {
    ThirdParty thirdParty = admin.registers("Refused Attempt");
    Token viewing = admin.issuesTokenFor("latchkey:viewer");

    Admin viewer = latchkey.withToken(viewing);
    String actor = "third-party:" + viewing.owner().clientId();

    // The trail takes one refusal a second; another test may have caused one just now.
    Eventually.within(
        Duration.ofSeconds(10),
        "the refusal is in the audit trail",
        () -> {
          viewer.patches(thirdParty.path(), Map.of("enabled", false)).isProblem(403);
          return !admin.items("/audit-events?actor=" + actor).isEmpty();
        });
  }

  // issue 15.20
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DELETE | $T            |                            | needs the role admin
          PATCH  | $T            | {"contactName": "Ada"}     | role of the caller
          POST   | $T/handover   | {"clientSecret": true}     | role of the caller
          POST   | $A/handover   | {}                         | Latchkey itself
          POST   | $A/tokens     | {}                         | Latchkey itself
          POST   | $A/tokens/$K/renew | {}                    | Latchkey itself
          PATCH  | $A/tokens/$O  | {"active": true}           | Latchkey itself
          PATCH  | $D            | {"enabled": true}          | Latchkey itself
          """)
  @DisplayName("D6: whatever refuses, the filter, a resource or a command, it is in the trail")
  void listsRefusalsOfEveryDepth(String method, String path, @Nullable String body, String reason) {
    Map<String, ?> mayAll = Map.of("scopes", List.of("latchkey:admin"));
    ThirdParty automation = admin.registers("Refused Automation", mayAll);
    ThirdParty disabled = admin.registers("Refused Disabled", mayAll);
    Token off = automation.addsToken();
    off.isDeactivated();
    disabled.isDisabled();
    Token operating = admin.issuesTokenFor("latchkey:operator");
    String target =
        path.replace("$T", admin.registers("Refused").path())
            .replace("$A", automation.path())
            .replace("$D", disabled.path())
            .replace("$K", automation.addsToken().id())
            .replace("$O", off.id());
    Call refused = latchkey.withToken(operating).calls(target).by(method);
    Call sent = body == null ? refused : refused.sending("application/json", body);
    String actor = "third-party:" + operating.owner().clientId();

    // The trail takes one refusal a second; others may have been refused just now.
    Eventually.within(
        Duration.ofSeconds(10),
        "the refusal is in the audit trail",
        () -> {
          sent.answer().isProblem(403);
          return admin.items("/audit-events?actor=" + actor).stream()
              .anyMatch(
                  event ->
                      event.getString("action").equals("api.refused")
                          && event.toString().contains(reason)
                          && event.toString().contains(method));
        });
  }

  @Test
  void cannotBeChangedByAnyone() {
    for (String method : List.of("POST", "PUT", "PATCH")) {
      admin
          .calls("/audit-events")
          .by(method)
          .sending("application/json", "{}")
          .answer()
          .isProblem(405);
    }
    // The server itself refuses a DELETE with a body.
    admin.calls("/audit-events").by("DELETE").answer().isProblem(405);
  }
}
