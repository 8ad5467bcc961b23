package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looking a third party up, registering it, editing it, disabling it. */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleThirdPartyIT {

  // How quick it is, other tests say.
  private static final Duration SEEN = Duration.ofSeconds(10);

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final Visitor admin;

  ConsoleThirdPartyIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.admin = visitors.comesTo(latchkey);
  }

  @AfterEach
  void closes() {
    admin.close();
  }

  private void isShown(ThirdParty party) {
    admin.opens("#/third-parties/" + party.id());
    admin.heading(party.name()).waitFor();
  }

  @Test
  @DisplayName("from the sign-in to a handed-over, tested token it takes six clicks")
  void takesSixClicks() {
    String name = visitors.user(latchkey, "admin");
    admin.opens("");
    admin.field("Name").fill(name);
    admin.field("Password").fill(Visitors.PASSWORD);
    admin.button("Sign in").click();
    admin.button("Register a third party").click();
    admin.field("Name").fill("Six Clicks");
    admin.button("Register").click();
    admin.button("Hand over by link").click();
    admin.button("Copy link").click();
    String link = latchkey.secrets().seen(admin.field("One-time link").inputValue());
    assertThat(admin.clipboard()).isEqualTo(link);
    assertThat(admin.clicks()).isEqualTo(5);

    String token = opened(link);
    admin.page().keyboard().press("Escape");
    admin.link("Test access").first().waitFor();
    admin.page().locator(".head").getByText("Test access").click();
    assertThat(admin.heading("Access works")).isVisible();

    assertThat(admin.clicks()).isEqualTo(6);
    latchkey.calls("/sample/whoami").bearing(token).isAdmitted();
  }

  private String opened(String link) {
    try (Visitor thirdParty = visitors.comesTo(latchkey)) {
      thirdParty.page().navigate(link);
      thirdParty.button("Show my credentials").click();
      thirdParty.secretIn("Client secret");
      return thirdParty.secretIn("OAuth token");
    }
  }

  @Test
  void looksUpByTheFirstLettersWithoutTheMouse() {
    latchkey.admin().registers("Zebra Crossing Permits");
    ThirdParty second = latchkey.admin().registers("Zebra Licence Portal");
    admin.signsIn("viewer");

    assertThat(admin.field("Look up a third party")).isFocused();
    admin.page().keyboard().type("zeBRA");
    assertThat(admin.found()).hasCount(2);
    admin.page().keyboard().press("ArrowDown");
    admin.page().keyboard().press("Enter");

    admin.heading(second.name()).waitFor();
    admin.page().keyboard().press("/");
    assertThat(admin.field("Look up a third party")).isFocused();
    admin.page().keyboard().type("zebra nobody");
    assertThat(admin.text("No third party begins with this.")).isVisible();
    assertThat(admin.clicks()).isZero();
  }

  @Test
  void editsAndSavesByKeys() {
    ThirdParty party = latchkey.admin().registers("Edited By Keys");
    admin.signsIn("admin");
    isShown(party);

    admin.page().keyboard().press("Control+e");
    admin.field("Contact e-mail").fill("ada@portal.example");
    admin.field("Scopes").fill("licences:read, reports:read");
    admin.page().keyboard().press("Control+s");

    assertThat(admin.notices()).containsText("Saved.");
    assertThat(party.now().getString("contactEmail")).isEqualTo("ada@portal.example");
    assertThat(party.now().getJsonArray("scopes")).hasSize(2);
  }

  @Test
  void saysAtTheFieldWhatIsWrong() {
    ThirdParty party = latchkey.admin().registers("Wrongly Edited");
    admin.signsIn("admin");
    isShown(party);

    admin.button("Edit").click();
    admin.field("Allowed networks").fill("300.1.2.3/8");
    admin.button("Save").click();

    assertThat(admin.page().locator("#edit-allowedNetworks[aria-invalid=true]")).isFocused();
    assertThat(admin.page().locator(".field.wrong .error")).containsText("Allowed networks");
    assertThat(party.now().getJsonArray("allowedNetworks")).isEmpty();
  }

  @Test
  void putsTheEditsOfTwoAdminsTogetherAndAsksWhereTheyDiffer() {
    ThirdParty party = latchkey.admin().registers("Edited Twice");
    admin.signsIn("admin");
    isShown(party);

    admin.button("Edit").click();
    admin.field("Contact name").fill("Mine");
    admin.field("Scopes").fill("reports:read");
    party.changes(Map.of("contactName", "Theirs", "contactEmail", "theirs@portal.example"));
    admin.button("Save").click();

    assertThat(admin.page().locator(".conflict")).containsText("has changed this third party");
    assertThat(admin.button("Save")).isDisabled();
    admin.page().getByLabel("Theirs: Theirs").check();
    admin.button("Save").click();

    assertThat(admin.notices()).containsText("Saved.");
    assertThat(party.now().getString("contactName")).isEqualTo("Theirs");
    assertThat(party.now().getString("contactEmail")).isEqualTo("theirs@portal.example");
    assertThat(party.now().getJsonArray("scopes").getString(0)).isEqualTo("reports:read");
  }

  @Test
  void disablesWithOneTickAskedOnceAndTakesItBack() {
    ThirdParty party = latchkey.admin().registers("Misbehaving");
    Token token = party.addsToken();
    Call call = latchkey.calls("/sample/whoami").with(token);
    admin.signsIn("operator");
    isShown(party);

    admin.page().getByRole(AriaRole.SWITCH).click();
    admin.button("Disable").click();
    assertThat(admin.notices()).containsText("Disabled");
    Eventually.within(SEEN, "it is refused", () -> call.gets(401));

    admin.button("Undo").click();
    assertThat(admin.notices().getByText("Undo")).hasCount(0);
    Eventually.within(SEEN, "it is admitted", () -> call.gets(200));
  }

  @Test
  void leavesItEnabledWhenTheQuestionIsLeft() {
    ThirdParty party = latchkey.admin().registers("Behaving");
    admin.signsIn("operator");
    isShown(party);

    admin.page().getByRole(AriaRole.SWITCH).click();
    admin.page().keyboard().press("Escape");

    assertThat(admin.page().getByRole(AriaRole.SWITCH)).isChecked();
    assertThat(party.now().getBoolean("enabled")).isTrue();
  }

  @Test
  void showsAViewerNothingThatAViewerMayNotDo() {
    ThirdParty party = latchkey.admin().registers("Viewed");
    party.addsToken();
    admin.signsIn("viewer");
    isShown(party);

    assertThat(admin.page().getByRole(AriaRole.SWITCH)).isDisabled();
    assertThat(admin.row("no label").getByRole(AriaRole.CHECKBOX)).isDisabled();
    for (String button : List.of("Edit", "Hand over …", "Add OAuth token", "New client secret …")) {
      assertThat(admin.button(button)).hasCount(0);
    }
    assertThat(admin.link("People")).hasCount(0);
  }

  @Test
  void makesANewClientSecretAndShowsItOnce() {
    ThirdParty party = latchkey.admin().registers("New Secret");
    admin.signsIn("admin");
    isShown(party);

    admin.button("New client secret …").click();
    admin.button("Make a new secret").click();
    admin.field("Client secret").waitFor();
    assertThat(admin.secretIn("Client secret")).hasSizeGreaterThanOrEqualTo(43);
    admin.dialog().locator("footer button").click();

    assertThat(admin.dialog()).hasCount(0);
    assertThat(admin.page().content()).doesNotContain("lks_");
  }

  @Test
  void deletesWhatIsDisabled() {
    ThirdParty party = latchkey.admin().registers("Gone");
    party.isDisabled();
    admin.signsIn("admin");
    isShown(party);

    admin.button("Delete …").click();
    admin.button("Delete").click();

    admin.heading("Third parties").waitFor();
    latchkey.admin().gets(party.path()).hasStatus(404);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "<img src=x onerror=document.title='hacked'>\"'&amp;",
        "مزود الدفع الإلكتروني",
        "🏦 Bank of 👩‍👩‍👧‍👦 ${7*7} {{7*7}}",
        "ספק תשלומים (test) 123",
        "LongNameWithoutAnySpaceLongNameWithoutAnySpaceLongNameWithoutAnySpaceLongName"
            + "WithoutAnySpaceLongNameWithoutAnySpaceLongNameWithoutAnySpaceLongNameWithout"
            + "AnySpaceLongNameWithoutAnySpace",
      })
  void showsAnyNameAsItIs(String hostile) {
    ThirdParty party = latchkey.admin().registers(hostile);
    party.addsToken(Map.of("label", hostile));
    admin.signsIn("admin");
    Page page = admin.page();
    isShown(party);

    assertThat(page.locator("h1 bdi")).hasText(party.name());
    assertThat(admin.row(hostile)).hasCount(1);
    assertThat(page.locator("main img")).hasCount(0);
    assertThat(page.title()).startsWith(party.name());
    page.setViewportSize(360, 760);
    assertThat(overflow(page)).isLessThanOrEqualTo(0);
    page.locator("#lookup").fill(party.name());
    assertThat(admin.found()).hasCount(1);
    page.keyboard().press("Enter");
    admin.heading(party.name()).waitFor();
  }

  private static int overflow(Page page) {
    return (Integer) page.evaluate("() => document.documentElement.scrollWidth - innerWidth");
  }
}
