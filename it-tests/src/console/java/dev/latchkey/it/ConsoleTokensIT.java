package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The grid of tokens, and the dialogs that issue them. */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleTokensIT {

  // How quick it is, other tests say.
  private static final Duration SEEN = Duration.ofSeconds(10);

  private final Latchkey latchkey;
  private final Visitor operator;
  private final ThirdParty party;

  ConsoleTokensIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.operator = visitors.comesTo(latchkey);
    this.party =
        latchkey.admin().registers("Tokens", Map.of("scopes", List.of("licences:read", "b")));
  }

  @BeforeEach
  void signsIn() {
    operator.signsIn("operator");
  }

  @AfterEach
  void closes() {
    operator.close();
  }

  private void isShown() {
    operator.opens("#/third-parties/" + party.id());
    operator.heading("OAuth tokens").waitFor();
  }

  @Test
  void addsATokenAndShowsItOnceWithAWordOfWarning() {
    isShown();
    operator.button("Add OAuth token").click();
    operator.field("Label").fill("Production");
    operator.field("Expires").selectOption("P30D");
    operator.dialog().getByLabel("licences:read").check();
    operator.button("Add token").click();
    operator.field("OAuth token").waitFor();
    String token = operator.secretIn("OAuth token");

    operator.page().keyboard().press("Escape");
    assertThat(operator.text("You have not copied it.")).isVisible();
    operator.button("Copy token").click();
    assertThat(operator.notices()).containsText("OAuth token copied");
    assertThat(operator.clipboard()).isEqualTo(token);
    operator.page().keyboard().press("Escape");

    assertThat(operator.row("Production")).containsText("in 30 days");
    assertThat(operator.row("Production")).containsText("licences:read");
    assertThat(operator.page().content()).doesNotContain(token);
    latchkey.calls("/sample/whoami").bearing(token).isAdmitted();
  }

  // issue 18.7
  @Test
  void bindsATokenToACertificateAndShowsThatItIs() {
    isShown();
    operator.button("Add OAuth token").click();
    operator.field("Label").fill("Bound");
    operator.field("Client certificate").fill("no certificate");
    operator.button("Add token").click();
    assertThat(operator.text("takes one X.509 certificate in PEM").first()).isVisible();
    operator.field("Client certificate").fill("ab".repeat(32));
    operator.button("Add token").click();
    operator.field("OAuth token").waitFor();
    String token = operator.secretIn("OAuth token");
    operator.button("Copy token").click();
    assertThat(operator.button("Copy token")).isHidden();
    operator.page().keyboard().press("Escape");

    assertThat(operator.row("Bound")).containsText("bound to a certificate");
    latchkey.calls("/sample/whoami").bearing(token).isRefused();

    operator.button("Renew Bound").click();
    operator.field("Client certificate").fill("cd".repeat(32));
    operator.button("Renew and show it").click();
    operator.field("OAuth token").waitFor();
    operator.secretIn("OAuth token");
    operator.button("Copy token").click();
    assertThat(operator.button("Copy token")).isHidden();
    operator.page().keyboard().press("Escape");

    assertThat(operator.row("Bound")).hasCount(2);
    assertThat(party.tokens())
        .extracting(row -> row.getString("certificate"))
        .doesNotHaveDuplicates();
  }

  @Test
  void switchesATokenOffAfterOneQuestionAndOnAgain() {
    Token token = party.addsToken(Map.of("label", "Nightly"));
    Call call = latchkey.calls("/sample/whoami").with(token);
    call.isAdmitted();
    isShown();

    box("Nightly").click();
    operator.button("Switch off").click();
    assertThat(operator.notices()).containsText("Nightly is off.");
    Eventually.within(SEEN, "it is refused", () -> call.gets(401));
    assertThat(operator.row("Nightly").locator(".badge")).hasText("off");
    assertThat(box("Nightly")).not().isChecked();

    operator.button("Undo").click();
    assertThat(box("Nightly")).isChecked();
    Eventually.within(SEEN, "it is admitted", () -> call.gets(200));
  }

  @Test
  void keepsATokenOnWhenTheQuestionIsLeft() {
    Token token = party.addsToken(Map.of("label", "Kept"));
    isShown();

    box("Kept").click();
    operator.button("Cancel").click();

    assertThat(box("Kept")).isChecked();
    assertThat(token.row().getBoolean("active")).isTrue();
  }

  @Test
  void renewsWithAnOverlapThatItExplains() {
    Token old = party.addsToken(Map.of("label", "Old"));
    isShown();

    operator.button("Renew Old").click();
    assertThat(operator.dialog()).containsText("How long does the old token keep working?");
    operator.dialog().getByLabel("A week").check();
    operator.button("Renew and show it").click();
    operator.field("OAuth token").waitFor();
    String renewed = operator.secretIn("OAuth token");
    operator.button("Copy token").click();
    operator.dialog().locator("footer").getByText("Close").click();

    assertThat(operator.row("has a successor")).containsText("in 7 days");
    assertThat(operator.row("Old")).hasCount(2);
    latchkey.calls("/sample/whoami").bearing(renewed).isAdmitted();
    latchkey.calls("/sample/whoami").with(old).isAdmitted();
    Instant end = Instant.parse(old.row().getString("expiresAt"));
    assertThat(Duration.between(Instant.now(), end)).isLessThanOrEqualTo(Duration.ofDays(7));
  }

  @Test
  void letsWhatExpiresSoonStandOutAndFoldsAwayWhatHasExpired() {
    party.addsToken(Map.of("label", "Ends Soon", "lifetime", "P20D"));
    party.addsToken(Map.of("label", "Ends Late", "lifetime", "P1Y"));
    Token over =
        party.addsToken(
            Map.of("label", "Is Over", "expiresAt", Instant.now().plusSeconds(2).toString()));
    Eventually.within(
        Duration.ofSeconds(10),
        "it has expired",
        () -> over.row().getString("status").equals("expired"));
    isShown();

    assertThat(operator.row("Ends Soon").locator(".badge")).hasText("renew it");
    assertThat(operator.row("Ends Soon").locator("[title*='(20']")).hasCount(2);
    assertThat(operator.row("Ends Late").locator(".badge")).hasCount(0);
    assertThat(operator.row("Is Over")).hasCount(0);
    operator.button("Show 1 expired token").click();
    assertThat(operator.row("Is Over")).containsText("expired");
    assertThat(box("Is Over")).isDisabled();
  }

  @Test
  void showsWhatATokenWasUsedFor() {
    Token token = party.addsToken(Map.of("label", "Used"));
    for (int i = 0; i < 3; i++) {
      latchkey.calls("/sample/whoami").with(token).isAdmitted();
    }
    Eventually.within(
        Duration.ofSeconds(10), "uses are counted", () -> token.row().getInt("useCount") == 3);
    isShown();

    assertThat(operator.row("Used")).containsText("from 127.0.0.1");
    assertThat(operator.row("Used").getByRole(AriaRole.IMG, named("3 uses in the last 30 days")))
        .isVisible();
  }

  @Test
  void changesALabel() {
    Token token = party.addsToken();
    isShown();

    operator.button("no label").click();
    operator.dialog().locator("#label").fill("Named at last");
    operator.button("Save").click();

    assertThat(operator.row("Named at last")).hasCount(1);
    assertThat(token.row().getString("label")).isEqualTo("Named at last");
  }

  private Locator box(String label) {
    return operator.row(label).getByRole(AriaRole.CHECKBOX);
  }

  private static Locator.GetByRoleOptions named(String name) {
    return new Locator.GetByRoleOptions().setName(name);
  }
}
