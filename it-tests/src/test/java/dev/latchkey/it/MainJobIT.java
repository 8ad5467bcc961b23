package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Register a third party, give it a token, let only active tokens in (contract §1). */
@ExtendWith(TestedServer.class)
@Order(1)
@DisplayName("The main job")
class MainJobIT {

  private static final String WHO_AM_I = "/sample/whoami";

  private final Latchkey latchkey;
  private final Admin admin;

  MainJobIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.admin();
  }

  @Test
  void admitsAThirdPartyWithTheTokenThatItWasGiven() {
    ThirdParty billing = admin.registers("Express Bill Pay", Map.of("scopes", List.of("a:b", "c")));
    Token token = billing.addsTokenFor("a:b", "c");

    JsonObject principal = latchkey.calls(WHO_AM_I).with(token).isAdmitted().json();

    assertThat(principal.keySet())
        .containsExactlyInAnyOrder("name", "clientId", "tokenId", "scopes", "method", "path");
    assertThat(principal.getString("name")).isEqualTo(billing.name());
    assertThat(principal.getString("clientId")).isEqualTo(billing.clientId());
    assertThat(principal.getString("tokenId")).isEqualTo(token.id());
    assertThat(texts(principal, "scopes")).containsExactlyInAnyOrder("a:b", "c");
    assertThat(principal.getString("method")).isEqualTo("GET");
    assertThat(principal.getString("path")).isEqualTo(WHO_AM_I);
  }

  @Test
  void registersAThirdPartyWithAClientIdAndASecretThatIsShownOnce() {
    Answer answer =
        admin.posts(
            "/third-parties",
            """
            {"name": "Licence Portal", "authorization": "automatic",
             "callbackUrl": "https://portal.example/callback", "contactName": "Ada",
             "contactEmail": "ada@portal.example", "scopes": ["licences:read"],
             "allowedNetworks": ["127.0.0.0/8", "2001:db8::/32"], "enabled": true}
            """);

    JsonObject shown = answer.hasStatus(201).json();
    assertThat(answer.field("Cache-Control")).contains("no-store");
    assertThat(shown.getString("clientSecret")).hasSizeGreaterThanOrEqualTo(43);
    JsonObject kept = admin.gets("/third-parties/" + shown.getString("id")).hasStatus(200).json();
    assertThat(kept.getString("clientId")).isEqualTo(shown.getString("clientId"));
    assertThat(kept.getString("name")).isEqualTo("Licence Portal");
    assertThat(kept.getString("authorization")).isEqualTo("automatic");
    assertThat(kept.getString("callbackUrl")).isEqualTo("https://portal.example/callback");
    assertThat(kept.getString("contactName")).isEqualTo("Ada");
    assertThat(kept.getString("contactEmail")).isEqualTo("ada@portal.example");
    assertThat(texts(kept, "scopes")).containsExactly("licences:read");
    assertThat(texts(kept, "allowedNetworks")).containsExactly("127.0.0.0/8", "2001:db8::/32");
    assertThat(kept.getBoolean("enabled")).isTrue();
    assertThat(kept.getInt("activeTokens")).isZero();
    assertThat(kept).doesNotContainKey("clientSecret");
  }

  @Test
  @DisplayName(
      "C4, C5: a token has the format, is shown once, and is named by its id and hint after")
  void showsATokenOnce() {
    ThirdParty thirdParty = admin.registers("Shown Once");
    Answer answer = admin.posts(thirdParty.path() + "/tokens", Map.of("label", "till 3"));

    JsonObject issued = admin.noted(answer).hasStatus(201).json();
    String token = issued.getString("token");
    assertThat(answer.field("Cache-Control")).contains("no-store");
    assertThat(token).matches("lk_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}");
    assertThat(token).startsWith("lk_" + issued.getString("id") + "_");

    Answer list = admin.gets(thirdParty.path() + "/tokens").hasStatus(200);
    assertThat(list.body()).doesNotContain(token.substring(15));
    JsonObject row = Admin.itemsOf(list.json()).get(0);
    assertThat(row.keySet())
        .contains(
            "id",
            "hint",
            "label",
            "scopes",
            "createdAt",
            "createdBy",
            "expiresAt",
            "replacedBy",
            "active",
            "status",
            "deactivatedAt",
            "lastUsedAt",
            "lastUsedFrom",
            "useCount")
        .doesNotContain("token", "hash");
    assertThat(row.getString("hint")).isEqualTo("lk_" + issued.getString("id") + "_");
    assertThat(row.getString("label")).isEqualTo("till 3");
    assertThat(row.getString("status")).isEqualTo("active");
    assertThat(row.getBoolean("active")).isTrue();
  }

  @Test
  void givesAManualTokenSixCalendarMonths() {
    JsonObject row = admin.registers("Six Months").addsToken().row();

    Instant created = Instant.parse(row.getString("createdAt"));
    Instant expires = Instant.parse(row.getString("expiresAt"));
    assertThat(expires).isEqualTo(created.atOffset(ZoneOffset.UTC).plusMonths(6).toInstant());
  }

  @Test
  void givesAnAutomaticTokenNoExpiryAndLetsItBeDeactivatedAllTheSame() {
    Token token =
        admin
            .registers(
                "Automatic",
                Map.of("authorization", "automatic", "callbackUrl", "https://a.example/cb"))
            .addsToken();
    assertThat(token.row().get("expiresAt")).isEqualTo(JsonValue.NULL);
    latchkey.calls(WHO_AM_I).with(token).isAdmitted();

    token.isDeactivated();

    isRefusedInTime("automatic token deactivated", token);
  }

  @Test
  @DisplayName("E2: a deactivated token stops within one poll interval, and can be ticked again")
  void refusesADeactivatedTokenWithinOnePollInterval() {
    Token token = admin.registers("Deactivated").addsToken();
    latchkey.calls(WHO_AM_I).with(token).isAdmitted();

    token.isDeactivated();

    isRefusedInTime("deactivated", token);
    assertThat(token.row().getString("status")).isEqualTo("deactivated");
    assertThat(token.row().getBoolean("active")).isFalse();
    assertThat(token.row().getString("deactivatedAt")).isNotBlank();

    token.isActivatedAgain();

    isAdmittedInTime("activated again", token);
    assertThat(token.row().getString("status")).isEqualTo("active");
    assertThat(token.row().get("deactivatedAt")).isEqualTo(JsonValue.NULL);
  }

  @Test
  void refusesAllTokensOfADisabledThirdPartyAndBringsBackTheActiveOnes() {
    ThirdParty thirdParty = admin.registers("Disabled");
    Token first = thirdParty.addsToken();
    Token second = thirdParty.addsToken();
    Token switchedOff = thirdParty.addsToken();
    latchkey.calls(WHO_AM_I).with(first).isAdmitted();
    latchkey.calls(WHO_AM_I).with(second).isAdmitted();
    switchedOff.isDeactivated();
    assertThat(thirdParty.now().getInt("activeTokens")).isEqualTo(2);

    thirdParty.isDisabled();

    isRefusedInTime("third party disabled", first);
    isRefusedInTime("third party disabled, second token", second);
    assertThat(first.row().getString("status")).isEqualTo("third-party-disabled");
    assertThat(thirdParty.now().getInt("activeTokens")).isZero();

    thirdParty.isEnabledAgain();

    isAdmittedInTime("third party enabled", first);
    isAdmittedInTime("third party enabled, second token", second);
    isRefusedInTime("still deactivated", switchedOff);
  }

  @Test
  void letsTheOldTokenWorkDuringTheOverlapOfARenewal() {
    Token old = admin.registers("Overlap").addsToken();

    Token renewed = old.isRenewed(Duration.ofHours(1));

    latchkey.calls(WHO_AM_I).with(old).isAdmitted();
    latchkey.calls(WHO_AM_I).with(renewed).isAdmitted();
    assertThat(old.row().getString("replacedBy")).isEqualTo(renewed.id());
    assertThat(Instant.parse(old.row().getString("expiresAt")))
        .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
    assertThat(renewed.row().get("replacedBy")).isEqualTo(JsonValue.NULL);
    assertThat(Instant.parse(renewed.row().getString("expiresAt")))
        .isAfter(Instant.now().plus(Duration.ofDays(180)));
  }

  @Test
  void endsTheOldTokenAtOnceWhenTheOverlapIsNothing() {
    Token old = admin.registers("No Overlap").addsToken();
    latchkey.calls(WHO_AM_I).with(old).isAdmitted();

    Token renewed = old.isRenewed(Duration.ZERO);

    latchkey.calls(WHO_AM_I).with(renewed).isAdmitted();
    isRefusedInTime("renewed without overlap", old);
    assertThat(old.row().getBoolean("active")).isFalse();
  }

  @Test
  void letsAnOverlapNeverOutliveTheOldTokensOwnExpiry() {
    Token old = admin.registers("Short Overlap").addsToken(Map.of("lifetime", "PT1H"));
    String expiry = old.row().getString("expiresAt");

    old.isRenewed(Duration.ofDays(7));

    assertThat(old.row().getString("expiresAt")).isEqualTo(expiry);
  }

  @Test
  @DisplayName("E1: a token is refused from its expiry on, cached or not, and not before")
  void refusesATokenFromItsExpiryOn() {
    Token token = admin.registers("Short Life").addsToken(Map.of("lifetime", "PT3S"));
    Instant expiry = Instant.parse(token.row().getString("expiresAt"));
    Call call = latchkey.calls(WHO_AM_I).with(token);

    Eventually.within(
        Duration.ofSeconds(10),
        "the token expires",
        () -> {
          Instant before = Instant.now();
          Answer answer = call.answer();
          Instant after = Instant.now();
          if (answer.status() == 200) {
            assertThat(before).as("admitted though sent after its expiry").isBefore(expiry);
            return false;
          }
          assertThat(after).as("refused before its expiry").isAfterOrEqualTo(expiry);
          return true;
        });

    call.isRefused();
    assertThat(token.row().getString("status")).isEqualTo("expired");
    admin.patches(token.path(), Map.of("active", true)).isProblem(409);
  }

  @Test
  void takesAnExpiryGivenAsAnInstant() {
    Instant inAnHour =
        Instant.now().plusSeconds(3600).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    Token token = admin.registers("Given").addsToken(Map.of("expiresAt", inAnHour.toString()));

    assertThat(Instant.parse(token.row().getString("expiresAt"))).isEqualTo(inAnHour);
    latchkey.calls(WHO_AM_I).with(token).isAdmitted();
  }

  @Test
  void deletesAThirdPartyOnlyWhenItIsDisabledAndItsTokensWithIt() {
    ThirdParty thirdParty = admin.registers("Deleted");
    Token token = thirdParty.addsToken();
    latchkey.calls(WHO_AM_I).with(token).isAdmitted();

    admin.deletes(thirdParty.path()).isProblem(409);
    latchkey.calls(WHO_AM_I).with(token).isAdmitted();
    thirdParty.isDisabled();
    admin.deletes(thirdParty.path()).hasStatus(204);

    isRefusedInTime("deleted", token);
    admin.gets(thirdParty.path()).isProblem(404);
    admin.gets(thirdParty.path() + "/tokens").isProblem(404);
    assertThat(admin.items("/audit-events?third-party=" + thirdParty.id())).isNotEmpty();
  }

  @Test
  void rotatesAClientSecretAndShowsTheNewOneOnce() {
    ThirdParty thirdParty = admin.registers("Rotated");

    Answer answer = admin.posts(thirdParty.path() + "/client-secret", Map.of());

    String rotated = answer.hasStatus(200, 201).json().getString("clientSecret");
    assertThat(rotated)
        .isNotEqualTo(thirdParty.registered().getString("clientSecret"))
        .hasSizeGreaterThanOrEqualTo(43);
    assertThat(answer.field("Cache-Control")).contains("no-store");
    assertThat(admin.gets(thirdParty.path()).body()).doesNotContain(rotated);
    admin.posts(thirdParty.path() + "/client-secret", Map.of("overlap", "P7D")).hasStatus(200, 201);
  }

  @Test
  void refusesATokenFromOutsideItsThirdPartysNetworks() {
    ThirdParty thirdParty =
        admin.registers("Elsewhere", Map.of("allowedNetworks", List.of("192.0.2.0/24")));
    Token token = thirdParty.addsToken();

    latchkey.calls(WHO_AM_I).with(token).isRefused();
    latchkey.calls(WHO_AM_I).with(token).with("X-Forwarded-For", "192.0.2.7").isRefused();
    latchkey.calls(WHO_AM_I).with(token).with("Forwarded", "for=192.0.2.7").isRefused();

    thirdParty.changes(Map.of("allowedNetworks", List.of("127.0.0.1/32")));
    isAdmittedInTime("its network allowed", token);
    latchkey.calls(WHO_AM_I).with(token).rawAnswerFrom("127.0.0.2").isProblem(401);
  }

  @Test
  void tellsWhenATokenWasLastUsedFromWhereAndHowOften() {
    Token token = admin.registers("Used").addsToken();
    assertThat(token.row().getInt("useCount")).isZero();
    assertThat(token.row().get("lastUsedAt")).isEqualTo(JsonValue.NULL);

    for (int i = 0; i < 3; i++) {
      latchkey.calls(WHO_AM_I).with(token).isAdmitted();
    }

    Eventually.within(
        Duration.ofSeconds(10), "uses are counted", () -> token.row().getInt("useCount") == 3);
    assertThat(token.row().getString("lastUsedFrom")).isEqualTo("127.0.0.1");
    assertThat(Instant.parse(token.row().getString("lastUsedAt")))
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
  }

  @Test
  void filtersTokensByWhetherTheyAreActive() {
    ThirdParty thirdParty = admin.registers("Both Kinds");
    Token active = thirdParty.addsToken();
    Token inactive = thirdParty.addsToken();
    inactive.isDeactivated();

    assertThat(admin.items(thirdParty.path() + "/tokens?active=true"))
        .extracting(row -> row.getString("id"))
        .containsExactly(active.id());
    assertThat(admin.items(thirdParty.path() + "/tokens?active=false"))
        .extracting(row -> row.getString("id"))
        .containsExactly(inactive.id());
  }

  @Test
  @DisplayName("D10: the first password stands alone in a file that only its owner may read")
  void keepsTheFirstPasswordInAFileForItsOwnerOnly() throws Exception {
    var file = Latchkey.passwordFile(latchkey.installation());

    assertThat(
            java.nio.file.attribute.PosixFilePermissions.toString(
                java.nio.file.Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(latchkey.password()).doesNotContainAnyWhitespaces().hasSizeGreaterThanOrEqualTo(12);
    latchkey.firstUser().gets("/third-parties").hasStatus(200);
  }

  private void isRefusedInTime(String what, Token token) {
    Duration taken =
        Eventually.within(
            Latchkey.REVOCATION_BOUND,
            what + " token is refused",
            () -> latchkey.calls(WHO_AM_I).with(token).gets(401));
    System.out.println("refused after " + taken.toMillis() + " ms: " + what);
    latchkey.calls(WHO_AM_I).with(token).isRefused();
  }

  private void isAdmittedInTime(String what, Token token) {
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        what + " token is admitted",
        () -> latchkey.calls(WHO_AM_I).with(token).gets(200));
  }

  private static List<String> texts(JsonObject object, String member) {
    return object.getJsonArray(member).getValuesAs(JsonString::getString);
  }
}
