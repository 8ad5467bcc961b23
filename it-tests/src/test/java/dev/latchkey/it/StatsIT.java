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

/** The dashboard's figures, and the audit trail as a table. */
@ExtendWith(TestedServer.class)
@Order(15)
@DisplayName("Figures")
class StatsIT {

  private static final Duration WRITTEN = Duration.ofSeconds(20);

  private final Latchkey latchkey;
  private final Admin admin;

  StatsIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void countThirdPartiesAndTokens() {
    JsonObject before = stats();
    ThirdParty thirdParty = admin.registers("Counted");
    thirdParty.addsToken();
    thirdParty.addsToken(Map.of("lifetime", "P10D"));

    JsonObject after = stats();

    assertThat(after.getInt("thirdParties")).isEqualTo(before.getInt("thirdParties") + 1);
    assertThat(after.getInt("enabledThirdParties"))
        .isEqualTo(before.getInt("enabledThirdParties") + 1);
    assertThat(after.getInt("activeTokens")).isEqualTo(before.getInt("activeTokens") + 2);
    assertThat(after.getInt("expiringTokens")).isEqualTo(before.getInt("expiringTokens") + 1);
    assertThat(after.getJsonArray("usesPerDay")).hasSize(30);
    assertThat(after.getInt("refusalHours")).isEqualTo(24);
    assertThat(after.getJsonObject("refusals").keySet())
        .containsExactlyInAnyOrder(
            "foreign",
            "unknown",
            "expired",
            "deactivated",
            "third-party-disabled",
            "network",
            "certificate",
            "scope");
    assertThat(after.getJsonObject("refusalsPerHour").keySet())
        .isEqualTo(after.getJsonObject("refusals").keySet());
    assertThat(after.getJsonObject("refusalsPerHour").getJsonArray("scope")).hasSize(24);
  }

  @Test
  @DisplayName("what is refused is counted by its reason, which the caller is not told")
  void countRefusals() {
    JsonObject before = stats().getJsonObject("refusals");
    ThirdParty thirdParty = admin.registers("Refused", Map.of("scopes", List.of("a")));
    Token token = thirdParty.addsToken();
    latchkey.calls("/sample/whoami").bearing("not-one-of-ours").isRefused();
    latchkey.calls("/sample/whoami").by("POST").with(token).answer().isProblem(403);

    Eventually.within(
        WRITTEN,
        "refusals are written down",
        () -> {
          JsonObject now = stats().getJsonObject("refusals");
          return now.getInt("foreign") > before.getInt("foreign")
              && now.getInt("scope") > before.getInt("scope");
        });
  }

  @Test
  void nameADisabledThirdPartyThatStillCalls() {
    ThirdParty thirdParty = admin.registers("Still Calling");
    Token token = thirdParty.addsToken();
    thirdParty.isDisabled();
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "it is refused",
        () -> latchkey.calls("/sample/whoami").with(token).gets(401));

    Eventually.within(
        WRITTEN,
        "it needs attention",
        () ->
            attention().stream()
                .anyMatch(
                    each ->
                        each.getString("kind").equals("disabled-still-calling")
                            && each.getString("tokenId").equals(token.id())
                            && each.getString("thirdPartyName").equals(thirdParty.name())
                            && each.getInt("refusals") > 0));
  }

  @Test
  @DisplayName("a token's row has its uses of the last 30 days, today last")
  void countUsesOfAToken() {
    Token token = admin.registers("Used").addsToken();
    assertThat(token.row().getJsonArray("usesPerDay")).hasSize(30);
    latchkey.calls("/sample/whoami").with(token).isAdmitted();
    latchkey.calls("/sample/whoami").with(token).isAdmitted();

    Eventually.within(
        WRITTEN,
        "uses are written down",
        () ->
            token.row().getJsonArray("usesPerDay").stream()
                    .mapToInt(uses -> Integer.parseInt(uses.toString()))
                    .sum()
                == 2);
  }

  @Test
  @DisplayName("D9: the audit trail as CSV, by the same filters")
  void exportTheAuditTrail() {
    ThirdParty thirdParty = admin.registers("=HYPERLINK(\"x\")", Map.of("contactName", "+1"));
    thirdParty.addsToken();
    thirdParty.isDisabled();

    Answer answer = admin.gets("/audit-events.csv?third-party=" + thirdParty.id()).hasStatus(200);

    assertThat(answer.field("Content-Type")).startsWith("text/csv");
    assertThat(answer.field("Content-Disposition"))
        .isEqualTo("attachment; filename=\"latchkey-audit.csv\"");
    assertThat(answer.field("X-Content-Type-Options")).isEqualTo("nosniff");
    String[] lines = answer.body().split("\r\n", -1);
    assertThat(lines).hasSize(5);
    assertThat(lines[0]).isEqualTo("id,at,actor,address,action,thirdPartyId,tokenId,detail");
    assertThat(lines[1]).contains("\"third-party.disable\"", "\"127.0.0.1\"");
    assertThat(lines[3]).contains("\"third-party.create\"", "\"{\"\"name\"\":\"\"=HYPERLINK");
    assertThat(lines[4]).isEmpty();
    admin.gets("/audit-events.csv?from=yesterday").complainsOf("from");
    admin.gets("/audit-events.csv?limit=1").complainsOf("limit");
  }

  @Test
  void exportMoreThanAPage() {
    for (long rows = exported().body().lines().count(); rows <= 202; rows++) {
      admin.registers("Exported");
    }
    Answer answer = exported();
    assertThat(answer.body().lines().count()).isGreaterThan(202);
    assertThat(answer.body().lines().skip(1).map(line -> line.substring(0, line.indexOf(','))))
        .doesNotHaveDuplicates();
  }

  private Answer exported() {
    return admin.gets("/audit-events.csv").hasStatus(200);
  }

  private JsonObject stats() {
    return admin.gets("/stats").hasStatus(200).json();
  }

  private List<JsonObject> attention() {
    return stats().getJsonArray("attention").getValuesAs(JsonValue::asJsonObject);
  }
}
