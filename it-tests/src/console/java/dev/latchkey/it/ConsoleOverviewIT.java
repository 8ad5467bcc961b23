package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first page, test access, the audit trail and the people. */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleOverviewIT {

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final Visitor admin;

  ConsoleOverviewIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.admin = visitors.comesTo(latchkey);
  }

  @BeforeEach
  void signsIn() {
    admin.signsIn("admin");
  }

  @AfterEach
  void closes() {
    admin.close();
  }

  private Locator attention(String name) {
    return admin
        .page()
        .locator("section[aria-labelledby=attention] li")
        .filter(new Locator.FilterOptions().setHasText(name));
  }

  @Test
  void saysFirstWhatNeedsAttention() {
    ThirdParty expiring = latchkey.admin().registers("Needs A Successor");
    expiring.addsToken(Map.of("lifetime", "P9D"));
    ThirdParty disabled = latchkey.admin().registers("Does Not Give Up");
    Token token = disabled.addsToken();
    disabled.isDisabled();
    Call call = latchkey.calls("/sample/whoami").with(token);
    Eventually.within(Duration.ofSeconds(10), "it is refused", () -> call.gets(401));
    Eventually.within(
        Duration.ofSeconds(10),
        "the refusal is counted",
        () ->
            latchkey
                .admin()
                .gets("/stats")
                .json()
                .getJsonArray("attention")
                .toString()
                .contains(disabled.id()));
    admin.page().reload();

    assertThat(attention(expiring.name())).containsText("Expires soon, no successor");
    assertThat(attention(disabled.name())).containsText("Disabled, still calling");
    attention(disabled.name()).getByRole(com.microsoft.playwright.options.AriaRole.LINK).click();
    admin.heading(disabled.name()).waitFor();
  }

  @Test
  void explainsStepByStepWhyATokenDoesNotWork() {
    Token token = latchkey.admin().registers("Explained").addsToken();
    token.isDeactivated();
    admin.link("Test access").click();
    admin.field("Paste a token").fill(token.text());
    admin.button("Test").click();

    assertThat(admin.heading("Access does not work")).isVisible();
    assertThat(admin.page().locator(".steps .failed")).hasCount(1);
    assertThat(admin.page().locator(".steps .failed")).containsText("switched off");
    assertThat(admin.page().locator(".advice")).containsText("Switch the token on");
    assertThat(admin.field("Paste a token")).hasValue("");
  }

  @Test
  void findsWhatOneThirdPartyIsAboutInTheAuditTrailAndExportsIt() throws IOException {
    ThirdParty party = latchkey.admin().registers("=Audited()");
    party.addsToken(Map.of("label", "Traced"));
    admin.opens("#/audit/" + party.id());

    assertThat(admin.page().locator(".grid tbody tr")).hasCount(2);
    Download file = admin.page().waitForDownload(() -> admin.button("Export CSV").click());
    List<String> lines = Files.readAllLines(file.path());
    assertThat(file.suggestedFilename()).endsWith(".csv");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("actor", "action");
    assertThat(String.join("\n", lines)).contains("token.create").doesNotContainPattern("(^|,)=");

    admin.button("Verify the chain").click();
    assertThat(admin.notices()).containsText("unbroken");
  }

  @Test
  void addsSomebodyGivesThemAnotherRoleAndRemovesThem() {
    admin.link("People").click();
    admin.button("Add somebody").click();
    admin.field("Name").fill("Not Allowed");
    admin.button("Add").click();
    assertThat(admin.dialog().locator(".field .error")).containsText("Name takes");
    admin.field("Name").fill("grace");
    admin.dialog().getByLabel("viewer").check();
    admin.button("Add").click();
    admin.field("First password").waitFor();
    String password = admin.secretIn("First password");
    admin.dialog().locator("footer button").click();

    try (Visitor grace = visitors.comesTo(latchkey)) {
      grace.opens("");
      grace.field("Name").fill("grace");
      grace.field("Password").fill(password);
      grace.button("Sign in").click();
      grace.heading("Choose a password of your own").waitFor();
    }
    admin.field("Role of grace").selectOption("operator");
    assertThat(admin.notices()).containsText("grace has another role now.");
    // issue 14.4
    admin.field("Role of grace").selectOption("viewer");
    assertThat(admin.dialog().getByLabel("Deactivate the tokens")).isChecked();
    admin.button("Change role").click();
    assertThat(admin.dialog()).hasCount(0);
    admin.button("Remove grace").click();
    admin.button("Remove").click();
    assertThat(admin.notices()).containsText("grace is removed.");
    assertThat(
            admin
                .page()
                .locator(
                    "tr", new com.microsoft.playwright.Page.LocatorOptions().setHasText("grace")))
        .hasCount(0);
  }
}
