package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** One-time links that hand a third party its credentials (contract §5). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(14)
@Tag("admin")
@DisplayName("Handover")
class HandoverIT {

  private static final String WHO_AM_I = "/sample/whoami";

  private final Latchkey latchkey;
  private final Admin admin;

  HandoverIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  @DisplayName("a link hands over client id, secret and token, once")
  void opensOnce() {
    ThirdParty thirdParty = admin.registers("Handed Over", Map.of("scopes", List.of("a", "b")));
    Answer made =
        admin.posts(
            thirdParty.path() + "/handover",
            "{\"label\": \"till 3\", \"scopes\": [\"a\"], \"clientSecret\": true}");
    JsonObject link = made.hasStatus(201).json();
    assertThat(made.field("Cache-Control")).contains("no-store");
    assertThat(link.getString("status")).isEqualTo("waiting");
    assertThat(
            Duration.between(
                Instant.parse(link.getString("createdAt")),
                Instant.parse(link.getString("expiresAt"))))
        .isEqualTo(Duration.ofDays(3));
    assertThat(thirdParty.tokens()).as("nothing waits").isEmpty();

    JsonObject ready = asks("inspect", link).hasStatus(200).json();
    assertThat(ready.getString("status")).isEqualTo("ready");
    assertThat(ready.getString("name")).isEqualTo(thirdParty.name());
    assertThat(ready.keySet()).containsExactlyInAnyOrder("status", "name", "from", "expiresAt");
    asks("inspect", link).hasStatus(200);
    assertThat(thirdParty.tokens()).as("to inspect is not to open").isEmpty();

    Answer opened = asks("open", link).hasStatus(200);
    assertThat(opened.field("Cache-Control")).contains("no-store");
    JsonObject shown = opened.json();
    assertThat(shown.getString("clientId")).isEqualTo(thirdParty.clientId());
    assertThat(shown.getString("clientSecret")).startsWith("lks_");
    JsonObject who = latchkey.calls(WHO_AM_I).bearing(shown.getString("token")).isAdmitted().json();
    assertThat(who.getString("clientId")).isEqualTo(thirdParty.clientId());
    assertThat(who.getJsonArray("scopes").toString()).isEqualTo("[\"a\"]");

    for (String again : List.of("open", "inspect", "open")) {
      JsonObject over = asks(again, link).isProblem(410).json();
      assertThat(Instant.parse(over.getString("openedAt")))
          .isBetween(Instant.now().minusSeconds(120), Instant.now());
      assertThat(over.getString("from")).isEqualTo(ready.getString("from"));
      assertThat(over.getString("detail"))
          .contains(over.getString("openedAt"), over.getString("from"));
    }
    assertThat(thirdParty.tokens()).hasSize(1);
    JsonObject row = links(thirdParty).get(0);
    assertThat(row.getString("status")).isEqualTo("opened");
    assertThat(row.getString("openedFrom")).isEqualTo("127.0.0.1");
    assertThat(row.getString("tokenId")).isEqualTo(thirdParty.tokens().get(0).getString("id"));
    assertThat(row).doesNotContainKey("url");
  }

  @Test
  @DisplayName("whoever merely GETs the page, with or without its code, opens nothing")
  void isNotOpenedByAPreview() {
    ThirdParty thirdParty = admin.registers("Previewed");
    JsonObject link = makes(thirdParty, Map.of());
    URI page = URI.create(link.getString("url"));
    assertThat(page.getFragment()).as("no server sees the code").isNotBlank();
    assertThat(page.getQuery()).isNull();
    assertThat(page.getPath()).isEqualTo("/latchkey/handover/");

    latchkey.calls(page.getPath()).answer().hasStatus(200);
    latchkey.calls(page.getPath() + "?" + page.getFragment()).answer().hasStatus(200);
    latchkey.calls(page.getPath()).by("HEAD").answer().hasStatus(200);
    latchkey.calls(page.getPath()).by("POST").answer().hasStatus(405);
    latchkey.calls("/latchkey/api/v1/handovers/open").answer().hasStatus(401, 405);

    assertThat(thirdParty.tokens()).isEmpty();
    asks("open", link).hasStatus(200);
  }

  @Test
  void renewsATokenWithAnOverlap() {
    ThirdParty thirdParty = admin.registers("Renewed By Link");
    Token old = thirdParty.addsToken();
    JsonObject link = makes(thirdParty, Map.of("tokenId", old.id(), "overlap", "PT1H"));
    assertThat(old.row().get("replacedBy")).isEqualTo(JsonValue.NULL);

    JsonObject shown = asks("open", link).hasStatus(200).json();

    latchkey.calls(WHO_AM_I).with(old).isAdmitted();
    latchkey.calls(WHO_AM_I).bearing(shown.getString("token")).isAdmitted();
    assertThat(shown.get("clientSecret")).isEqualTo(JsonValue.NULL);
    assertThat(Instant.parse(old.row().getString("expiresAt")))
        .isBetween(Instant.now().plusSeconds(3400), Instant.now().plusSeconds(3601));
    assertThat(shown.getString("token")).contains("_" + old.row().getString("replacedBy") + "_");
    admin.posts(thirdParty.path() + "/handover", Map.of("tokenId", old.id())).isProblem(409);
  }

  @Test
  void canBeWithdrawn() {
    ThirdParty thirdParty = admin.registers("Withdrawn");
    JsonObject link = makes(thirdParty, Map.of());
    ThirdParty other = admin.registers("Other");
    admin.deletes(other.path() + "/handover/" + link.getString("id")).isProblem(404);

    admin.deletes(thirdParty.path() + "/handover/" + link.getString("id")).hasStatus(204);

    asks("inspect", link).isProblem(404);
    asks("open", link).isProblem(404);
    assertThat(links(thirdParty)).isEmpty();
    assertThat(thirdParty.tokens()).isEmpty();
  }

  @Test
  void opensNothingForADisabledOrDeletedThirdParty() {
    ThirdParty thirdParty = admin.registers("Gone Meanwhile");
    JsonObject link = makes(thirdParty, Map.of());

    thirdParty.isDisabled();
    assertThat(asks("open", link).isProblem(410).json().get("openedAt")).isEqualTo(JsonValue.NULL);
    admin.posts(thirdParty.path() + "/handover", Map.of()).isProblem(409);
    assertThat(thirdParty.tokens()).isEmpty();
    admin.deletes(thirdParty.path()).hasStatus(204);

    asks("open", link).isProblem(404);
  }

  @Test
  void refusesWhatIsNotAllowed() {
    ThirdParty thirdParty = admin.registers("Refused", Map.of("scopes", List.of("a")));
    String path = thirdParty.path() + "/handover";
    Token token = thirdParty.addsToken();
    admin.posts(path, Map.of("scopes", List.of("b"))).complainsOf("scopes");
    admin.posts(path, Map.of("lifetime", "soon")).complainsOf("lifetime");
    admin.posts(path, Map.of("overlap", "P9999D")).complainsOf("overlap");
    admin.posts(path, Map.of("expiresAt", "2030-01-01T00:00:00Z")).complainsOf("expiresAt");
    admin.posts(path, Map.of("tokenId", token.id(), "label", "x")).complainsOf("tokenId");
    admin.posts(path, Map.of("tokenId", "aaaaaaaaaa")).isProblem(404);
    admin.posts("/third-parties/none/handover", Map.of()).isProblem(404);
    for (String code : List.of("", "x", "x".repeat(56), "a".repeat(12) + "." + "b".repeat(43))) {
      asks("open", code).isProblem(404);
      asks("inspect", code).isProblem(404);
    }
    latchkey
        .calls("/latchkey/api/v1/handovers/open")
        .by("POST")
        .sending("application/json", "{}")
        .answer()
        .complainsOf("code");
    assertThat(links(thirdParty)).isEmpty();
  }

  @Test
  @DisplayName("D4: another site's page opens no link")
  void isNotOpenedByAnotherSite() {
    JsonObject link = makes(admin.registers("Cross Site"), Map.of());
    opening(code(link)).with("Sec-Fetch-Site", "cross-site").answer().isProblem(403);
    opening(code(link)).with("Origin", "http://evil.example").answer().isProblem(403);
    asks("open", link).hasStatus(200);
  }

  @Test
  @DisplayName("the same request again makes no second link")
  void isMadeOncePerKey() {
    ThirdParty thirdParty = admin.registers("Once Per Key");
    Call make =
        admin
            .calls(thirdParty.path() + "/handover")
            .by("POST")
            .with("Idempotency-Key", "handover-" + thirdParty.id())
            .sending("application/json", "{}");
    JsonObject first = admin.noted(make.answer().hasStatus(201)).json();
    Answer second = make.answer().hasStatus(201);
    assertThat(second.field("Idempotency-Replayed")).isEqualTo("true");
    assertThat(second.json().getString("id")).isEqualTo(first.getString("id"));
    assertThat(second.json()).doesNotContainKey("url");
    assertThat(links(thirdParty)).hasSize(1);
  }

  @Test
  @DisplayName("D6: what was handed over to whom is in the audit trail, the code is not")
  void isAudited() {
    ThirdParty thirdParty = admin.registers("Audited Link");
    JsonObject link = makes(thirdParty, Map.of());
    asks("open", link).hasStatus(200);
    asks("open", link).isProblem(410);

    List<JsonObject> events = admin.items("/audit-events?third-party=" + thirdParty.id());

    assertThat(events)
        .extracting(event -> event.getString("action"))
        .containsExactly(
            "handover.refused",
            "handover.open",
            "token.create",
            "handover.create",
            "third-party.create");
    assertThat(events.toString()).doesNotContain(code(link).substring(13));
  }

  private JsonObject makes(ThirdParty thirdParty, Map<String, ?> draft) {
    return admin.posts(thirdParty.path() + "/handover", draft).hasStatus(201).json();
  }

  private List<JsonObject> links(ThirdParty thirdParty) {
    return Admin.itemsOf(admin.gets(thirdParty.path() + "/handover").hasStatus(200).json());
  }

  private Answer asks(String what, JsonObject link) {
    return asks(what, code(link));
  }

  private Answer asks(String what, String code) {
    return latchkey.nobody().posts("/handovers/" + what, Map.of("code", code));
  }

  private Call opening(String code) {
    return latchkey
        .calls("/latchkey/api/v1/handovers/open")
        .by("POST")
        .sending("application/json", Admin.text(Map.of("code", code)));
  }

  private static String code(JsonObject link) {
    return URI.create(link.getString("url")).getFragment();
  }
}
