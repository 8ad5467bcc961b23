package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two admins at once, and one who asks twice: ETags and idempotency keys (contract §5). */
@ExtendWith(TestedServer.class)
@Order(8)
@Tag("admin")
@DisplayName("Repeated writes")
class RepeatedWritesIT {

  private final Latchkey latchkey;
  private final Admin admin;

  RepeatedWritesIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void changesOnlyWhatTheAdminHasSeen() {
    ThirdParty thirdParty = admin.registers("ETag");
    String seen = admin.gets(thirdParty.path()).field("ETag");
    assertThat(seen).matches("(W/)?\"[^\"]+\"");

    Answer first = patch(thirdParty, seen, "{\"contactName\": \"first\"}").hasStatus(200);
    patch(thirdParty, seen, "{\"contactName\": \"second\"}").isProblem(412);

    assertThat(thirdParty.now().getString("contactName")).isEqualTo("first");
    String fresh = admin.gets(thirdParty.path()).field("ETag");
    assertThat(fresh).isNotEqualTo(seen);
    first.optionalField("ETag").ifPresent(answered -> assertThat(answered).isEqualTo(fresh));
    patch(thirdParty, fresh, "{\"contactName\": \"third\"}").hasStatus(200);
    patch(thirdParty, "*", "{\"contactName\": \"fourth\"}").hasStatus(200);
    assertThat(thirdParty.now().getString("contactName")).isEqualTo("fourth");
  }

  @Test
  void deletesOnlyWhatTheAdminHasSeen() {
    ThirdParty thirdParty = admin.registers("ETag Delete", Map.of("enabled", false));
    String seen = admin.gets(thirdParty.path()).field("ETag");
    thirdParty.changes(Map.of("contactName", "changed"));

    admin.calls(thirdParty.path()).by("DELETE").with("If-Match", seen).answer().isProblem(412);
    String fresh = admin.gets(thirdParty.path()).field("ETag");
    admin.calls(thirdParty.path()).by("DELETE").with("If-Match", fresh).answer().hasStatus(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"made-up\"", "\"-1\"", "\"99999999999999999999\""})
  void answers412ToAnETagThatWasNeverServed(String made) {
    ThirdParty thirdParty = admin.registers("ETag Made Up");

    patch(thirdParty, made, "{\"contactName\": \"a\"}").isProblem(412);
  }

  @Test
  void answers304ToAnAdminWhoHasTheLatest() {
    ThirdParty thirdParty = admin.registers("Not Modified");
    String seen = admin.gets(thirdParty.path()).field("ETag");
    Call conditional = admin.calls(thirdParty.path()).with("If-None-Match", seen);

    assertThat(conditional.answer().hasStatus(304).body()).isEmpty();
    thirdParty.changes(Map.of("contactName", "changed"));
    conditional.answer().hasStatus(200);
  }

  // issue 15.10
  @Test
  void answers200OnceATokenWasIssuedOrItsThirdPartyDisabled() {
    ThirdParty thirdParty = admin.registers("Polled");
    Call ofParty = ifNoneMatch(thirdParty.path());
    Token token = thirdParty.addsToken();
    ofParty.answer().hasStatus(200);

    Call ofToken = ifNoneMatch(thirdParty.path() + "/tokens/" + token.id());
    ofToken.answer().hasStatus(304);
    thirdParty.changes(Map.of("enabled", false));

    assertThat(ofToken.answer().hasStatus(200).json().getString("status"))
        .isEqualTo("third-party-disabled");
  }

  private Call ifNoneMatch(String path) {
    return admin.calls(path).with("If-None-Match", admin.gets(path).field("ETag"));
  }

  // issue 15.10
  @Test
  void takesATagAsACompressingProxyHasWrittenIt() {
    ThirdParty thirdParty = admin.registers("Compressed");
    String strong = admin.gets(thirdParty.path()).field("ETag");
    String suffixed = strong.substring(0, strong.length() - 1) + "-gzip\"";

    assertThat(strong).startsWith("\"");
    patch(thirdParty, "W/" + strong, "{\"contactName\": \"first\"}").hasStatus(200);
    patch(thirdParty, "W/" + strong, "{\"contactName\": \"second\"}").isProblem(412);
    patch(thirdParty, suffixed, "{\"contactName\": \"third\"}").isProblem(412);
    admin.calls(thirdParty.path()).with("If-Match", "*").answer().hasStatus(200);
  }

  // issue 15.11
  @ParameterizedTest
  @ValueSource(strings = {"0", "\"0\",,\"x\"", "\"", ",", "W/"})
  void ignoresIfNoneMatchThatNamesNothingOfOurs(String header) {
    ThirdParty thirdParty = admin.registers("Conditional " + header.hashCode());
    admin
        .calls(thirdParty.path())
        .with("If-None-Match", header)
        .with("If-Modified-Since", "yesterday")
        .answer()
        .hasStatus(200);
  }

  @Test
  void bringsBackTheFirstThirdPartyForARepeatedKey() {
    String body = "{\"name\": \"Idempotent\", \"authorization\": \"manual\"}";
    JsonObject first = admin.noted(post("/third-parties", "key-1", body)).hasStatus(201).json();

    Answer again = post("/third-parties", "key-1", body).hasStatus(200, 201);

    assertThat(again.json().getString("id")).isEqualTo(first.getString("id"));
    assertThat(again.body()).doesNotContain(first.getString("clientSecret"));
    assertThat(again.json()).doesNotContainKey("clientSecret");
    assertThat(admin.items("/third-parties?name=Idempotent")).hasSize(1);
    post("/third-parties", "key-2", body).isProblem(409);
    post("/third-parties", "key-1", body.replace("manual", "automatic")).isProblem(422);
    assertThat(admin.items("/third-parties?name=Idempotent")).hasSize(1);
  }

  @Test
  @DisplayName("E4: a retried command has one effect, and its secret is shown once")
  void bringsBackTheFirstTokenForARepeatedKey() {
    ThirdParty thirdParty = admin.registers("Idempotent Tokens");
    String path = thirdParty.path() + "/tokens";
    JsonObject first = admin.noted(post(path, "token-key", "{}")).hasStatus(201).json();

    Answer again = post(path, "token-key", "{}").hasStatus(200, 201);

    assertThat(again.json().getString("id")).isEqualTo(first.getString("id"));
    assertThat(again.json()).doesNotContainKey("token");
    assertThat(thirdParty.tokens()).hasSize(1);
    post(path, "token-key", "{\"label\": \"other\"}").isProblem(422);

    String renew = path + "/" + first.getString("id") + "/renew";
    JsonObject renewed = admin.noted(post(renew, "renew-key", "{}")).hasStatus(201).json();
    Answer renewedAgain = post(renew, "renew-key", "{}").hasStatus(200, 201);
    assertThat(renewedAgain.json().getString("id")).isEqualTo(renewed.getString("id"));
    assertThat(renewedAgain.json()).doesNotContainKey("token");
    post(renew, "token-key", "{}").isProblem(422);
    assertThat(thirdParty.tokens()).hasSize(2);
  }

  @Test
  void keepsTheKeysOfTwoAdminsApart() {
    Admin other = latchkey.inRole("admin");
    String path = admin.registers("Two Admins").path() + "/tokens";
    String first =
        admin.noted(post(path, "shared-key", "{}")).hasStatus(201).json().getString("id");

    Answer others =
        other
            .calls(path)
            .by("POST")
            .with("Idempotency-Key", "shared-key")
            .sending("application/json", "{}")
            .answer();

    assertThat(admin.noted(others).hasStatus(201).json().getString("id")).isNotEqualTo(first);
  }

  @Test
  void answers400ToAKeyThatIsNoKey() {
    String path = admin.registers("Bad Key").path() + "/tokens";

    post(path, "k".repeat(201), "{}").isProblem(400);
    admin
        .calls(path)
        .by("POST")
        .with("Idempotency-Key", "a\u00e4")
        .sending("application/json", "{}")
        .rawAnswer()
        // The server itself may refuse such a header, in its own words.
        .hasStatus(400);
  }

  private Answer patch(ThirdParty thirdParty, String seen, String json) {
    return admin
        .calls(thirdParty.path())
        .by("PATCH")
        .with("If-Match", seen)
        .sending("application/merge-patch+json", json)
        .answer();
  }

  private Answer post(String path, String key, String json) {
    return admin
        .calls(path)
        .by("POST")
        .with("Idempotency-Key", key)
        .sending("application/json", json)
        .answer();
  }
}
