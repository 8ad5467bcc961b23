package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A second factor, turned on, used and reset in the console. */
// issue 14, "Further": a second factor with recovery codes
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleSecondFactorIT {

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final Visitor visitor;

  ConsoleSecondFactorIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.visitor = visitors.comesTo(latchkey);
  }

  @AfterEach
  void closes() {
    visitor.close();
  }

  @Test
  void isTurnedOnAndThenAskedForAtTheSignIn() {
    String name = visitors.newUser(latchkey, "viewer");
    visitor.signsIn(name, Visitors.PASSWORD);
    visitor.link("Signed in as " + name).click();
    visitor.button("Turn it on …").click();
    visitor.field("Present password").fill(Visitors.PASSWORD);
    visitor.button("Next").click();
    visitor.heading("Add Latchkey to your app").waitFor();
    Authenticator app = new Authenticator(visitor.field("Key").inputValue());

    visitor.field("Code").fill("000");
    visitor.button("Turn it on").click();
    assertThat(visitor.dialog().locator(".error")).containsText("wrong");
    visitor.field("Code").fill(app.code());
    visitor.button("Turn it on").click();
    visitor.heading("Your recovery codes").waitFor();
    assertThat(visitor.dialog().locator(".codes li")).hasCount(10);
    visitor.dialog().locator(".codes code").allTextContents().forEach(latchkey.secrets()::seen);
    String recovery = visitor.dialog().locator(".codes code").first().textContent();
    visitor.button("I have kept them").click();
    visitor.button("Turn it off …").waitFor();

    visitor.button("Sign out").click();
    visitor.field("Name").fill(name);
    visitor.field("Password").fill(Visitors.PASSWORD);
    visitor.button("Sign in").click();
    visitor.heading("Enter the code").waitFor();
    assertThat(visitor.field("Code")).isFocused();
    visitor.field("Code").fill("000000x");
    visitor.button("Sign in").click();
    assertThat(visitor.page().locator(".error")).containsText("The code is wrong");
    assertThat(visitor.field("Code")).isFocused();
    visitor.field("Code").fill(recovery);
    visitor.button("Sign in").click();
    // Back on the page that was left by signing out.
    visitor.button("Turn it off …").waitFor();
  }

  @Test
  void isResetByAnAdmin() {
    String name = visitors.newUser(latchkey, "viewer");
    Seat seat = Seat.signedIn(latchkey, name, Visitors.PASSWORD);
    Authenticator app =
        new Authenticator(
            seat.console()
                .posts(
                    "/account/second-factor",
                    java.util.Map.of("currentPassword", Visitors.PASSWORD))
                .json()
                .getString("secret"));
    seat.console()
        .posts("/account/second-factor/confirm", java.util.Map.of("code", app.code()))
        .hasStatus(200);

    visitor.signsIn("admin");
    visitor.link("People").click();
    visitor.button("Turn off the second factor of " + name).click();
    visitor.button("Turn it off").click();

    assertThat(visitor.notices()).containsText("The second factor of " + name + " is off.");
    Seat.signedIn(latchkey, name, Visitors.PASSWORD);
  }
}
