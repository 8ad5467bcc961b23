package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Why access works or not, step by step (contract §5). */
@ExtendWith(TestedServer.class)
@Order(10)
@DisplayName("Access check")
class AccessCheckIT {

  private final Latchkey latchkey;
  private final Admin admin;

  AccessCheckIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void saysThatAnActiveTokenWorks() {
    Token token = admin.registers("Works").addsToken();

    JsonObject report = report(token.text());

    assertThat(report.getBoolean("works")).isTrue();
    assertThat(failed(report)).isEmpty();
    assertThat(steps(report))
        .contains("known", "enabled", "active", "expiry", "scopes", "last-used");
  }

  @Test
  void namesTheStepThatFails() {
    Token deactivated = admin.registers("Check Deactivated").addsToken();
    deactivated.isDeactivated();
    Token disabled = admin.registers("Check Disabled").addsToken();
    disabled.owner().isDisabled();
    Token expired = admin.registers("Check Expired").addsToken(Map.of("lifetime", "PT1S"));
    Call call = latchkey.calls("/sample/whoami").with(expired);
    Eventually.within(Duration.ofSeconds(5), "the token expires", () -> call.gets(401));

    fails(deactivated.text(), "active");
    fails(disabled.text(), "enabled");
    fails(expired.text(), "expiry");
    fails("lk_" + "a".repeat(10) + "_" + "b".repeat(49), "known");
    fails("anything at all\u0000", "known");
  }

  @Test
  void explainsByClientId() {
    ThirdParty thirdParty = admin.registers("By Client");
    thirdParty.addsToken();
    assertThat(ofClient(thirdParty.clientId()).getBoolean("works")).isTrue();

    thirdParty.isDisabled();

    JsonObject report = ofClient(thirdParty.clientId());
    assertThat(report.getBoolean("works")).isFalse();
    assertThat(failed(report)).contains("enabled");
    assertThat(ofClient("unknown").getBoolean("works")).isFalse();
  }

  // issue 18.4
  @Test
  void tellsTheLastFailuresOfTheClientsAuthentication() {
    OAuthClient client = OAuthClient.registered(latchkey, Map.of());
    OAuthClient wrong = client.withSecret("wrong");
    wrong.fetches("").hasStatus(401);
    wrong.asks("introspect", Map.of("token", "x")).hasStatus(401);
    client.owner().changes(Map.of("allowedNetworks", List.of("192.0.2.0/24")));
    client.fetches("").hasStatus(401);
    client.owner().isDisabled();
    client.fetches("").hasStatus(401);

    List<JsonObject> failures =
        ofClient(client.id()).getJsonArray("clientFailures").getValuesAs(JsonObject.class);

    assertThat(failures)
        .extracting(each -> each.getString("reason") + " " + each.getInt("count"))
        .containsExactly("third-party-disabled 1", "network 1", "wrong-secret 2");
    assertThat(failures)
        .allSatisfy(
            each -> {
              assertThat(each.getString("from")).isEqualTo("127.0.0.1");
              assertThat(java.time.Instant.parse(each.getString("at")))
                  .isBeforeOrEqualTo(java.time.Instant.now());
            });
    assertThat(ofClient("unknown").getJsonArray("clientFailures")).isEmpty();
    assertThat(
            ofClient(admin.registers("Nothing Failed").clientId()).getJsonArray("clientFailures"))
        .isEmpty();
  }

  @Test
  void keepsNeitherTheTokenNorRepeatsIt() {
    Token token = admin.registers("Not Repeated").addsToken();

    Answer answer = admin.posts("/access-check", Map.of("token", token.text())).hasStatus(200);

    assertThat(answer.body()).doesNotContain(token.text().substring(15));
    assertThat(answer.field("Cache-Control")).contains("no-store");
    String unknown = "lk_some-secret-of-another-system";
    assertThat(admin.posts("/access-check", Map.of("token", unknown)).body())
        .doesNotContain(unknown);
    assertThat(admin.gets("/audit-events?limit=200").body())
        .doesNotContain(token.text().substring(15), unknown);
    latchkey.secrets().seen(unknown);
  }

  @Test
  void answers400WhenNeitherOrBothAreGiven() {
    admin.posts("/access-check", Map.of()).isProblem(400);
    admin.posts("/access-check", Map.of("token", "a", "clientId", "b")).isProblem(400);
    admin.posts("/access-check", Map.of("token", 7)).isProblem(400);
    admin.posts("/access-check", Map.of("token", "a", "more", "b")).isProblem(400);
  }

  private void fails(String token, String step) {
    JsonObject report = report(token);
    assertThat(report.getBoolean("works")).as("%s", report).isFalse();
    assertThat(failed(report)).as("failed steps of %s", report).contains(step);
  }

  private JsonObject report(String token) {
    return admin.posts("/access-check", Map.of("token", token)).hasStatus(200).json();
  }

  private JsonObject ofClient(String clientId) {
    return admin.posts("/access-check", Map.of("clientId", clientId)).hasStatus(200).json();
  }

  private static List<String> steps(JsonObject report) {
    return report.getJsonArray("steps").getValuesAs(JsonValue::asJsonObject).stream()
        .map(step -> step.getString("check"))
        .toList();
  }

  private static List<String> failed(JsonObject report) {
    return report.getJsonArray("steps").getValuesAs(JsonValue::asJsonObject).stream()
        .filter(step -> JsonValue.FALSE.equals(step.get("passed")))
        .map(step -> step.getString("check"))
        .toList();
  }
}
