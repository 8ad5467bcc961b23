package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signing in and out of the console, one's own password and sessions (security D2, D3). */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleSignInIT {

  private final Latchkey latchkey;
  private final Visitors visitors;
  private Visitor visitor;

  ConsoleSignInIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.visitor = visitors.comesTo(latchkey);
  }

  @BeforeEach
  void opens() {
    visitor.opens("");
  }

  @AfterEach
  void closes() {
    visitor.close();
  }

  @Test
  void asksForANewPasswordAtTheFirstSignInAndForNothingElse() {
    JsonObject user = visitors.addedUser(latchkey, "operator");
    visitor.field("Name").fill(user.getString("name"));
    visitor.field("Password").fill(user.getString("password"));
    visitor.button("Sign in").click();
    visitor.heading("Choose a password of your own").waitFor();

    visitor.field("Present password").fill(user.getString("password"));
    visitor.field("New password").fill("password12345678");
    visitor.button("Change it and go on").click();
    assertThat(visitor.page().locator(".error")).containsText("easily guessed");
    visitor.page().reload();
    visitor.heading("Choose a password of your own").waitFor();

    visitor.field("Present password").fill(user.getString("password"));
    visitor.field("New password").fill(Visitors.PASSWORD);
    visitor.button("Change it and go on").click();
    visitor.heading("Third parties").waitFor();
  }

  @Test
  void saysThatAPasswordIsWrongAndKeepsTheName() {
    visitor.field("Name").fill("nobody");
    visitor.field("Password").fill("a wrong password");
    visitor.button("Sign in").click();

    assertThat(visitor.page().getByText("The name or the password is wrong.")).isVisible();
    assertThat(visitor.field("Name")).hasValue("nobody");
    assertThat(visitor.field("Password")).hasValue("");
    assertThat(visitor.field("Password")).isFocused();
  }

  @Test
  void keepsTheSessionInACookieThatNoScriptAndNoOtherSiteCanUse() {
    visitor.signsIn("viewer");

    List<Cookie> cookies = visitor.page().context().cookies();
    assertThat(cookies).hasSize(1);
    assertThat(cookies.get(0).httpOnly).isTrue();
    assertThat(cookies.get(0).sameSite).isEqualTo(SameSiteAttribute.STRICT);
    assertThat(cookies.get(0).path).isEqualTo("/latchkey");
    latchkey.secrets().seen(cookies.get(0).value);
    assertThat(visitor.page().evaluate("() => document.cookie")).isEqualTo("");
  }

  @Test
  void signsOutOnTheServerAsWell() {
    visitor.signsIn("viewer");
    Cookie cookie = visitor.page().context().cookies().get(0);

    visitor.button("Sign out").click();
    visitor.heading("Sign in").waitFor();

    latchkey
        .calls("/latchkey/api/v1/session")
        .with("Cookie", cookie.name + "=" + cookie.value)
        .answer()
        .hasStatus(401);
  }

  @Test
  void asksToSignInAgainWhenTheSessionHasEnded() {
    String name = visitors.newUser(latchkey, "viewer");
    visitor.signsIn(name, Visitors.PASSWORD);
    latchkey.admin().deletes("/users/" + name).hasStatus(204);

    visitor.link("Audit").click();

    visitor.heading("Sign in").waitFor();
  }

  @Test
  void endsOtherSessionsWhenThePasswordChanges() {
    String name = visitors.newUser(latchkey, "viewer");
    visitor.signsIn(name, Visitors.PASSWORD);
    try (Visitor elsewhere = visitors.comesTo(latchkey)) {
      elsewhere.signsIn(name, Visitors.PASSWORD);
      elsewhere.link("Signed in as " + name).click();
      assertThat(elsewhere.page().locator(".rows li")).hasCount(2);

      visitor.link("Signed in as " + name).click();
      visitor.field("Present password").fill(Visitors.PASSWORD);
      visitor.field("New password").fill("harbour sixteen lantern goose");
      visitor.button("Change password").click();
      assertThat(visitor.notices()).containsText("The password is changed");
      assertThat(visitor.page().locator(".rows li")).hasCount(1);

      elsewhere.link("Audit").click();
      elsewhere.heading("Sign in").waitFor();
    }
  }
}
