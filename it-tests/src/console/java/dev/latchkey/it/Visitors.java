package dev.latchkey.it;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** People in front of browsers, and the users that they sign in as. Not thread-safe. */
final class Visitors {

  static final String PASSWORD = "umbrella tractor violet 77 moon";

  private final Browser browser;
  private final Map<String, String> users = new HashMap<>();
  private int added;

  Visitors(Browser browser) {
    this.browser = browser;
  }

  Visitor comesTo(Latchkey latchkey) {
    return comesTo(latchkey, 1280, ColorScheme.LIGHT);
  }

  Visitor comesTo(Latchkey latchkey, int width, ColorScheme colours) {
    return new Visitor(
        latchkey,
        this,
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, width < 500 ? 760 : 860)
                .setColorScheme(colours)
                .setLocale("en-GB")
                .setTimezoneId("Europe/Berlin")));
  }

  /** The user of a role that tests share; hashing passwords is slow on purpose. */
  String user(Latchkey latchkey, String role) {
    return users.computeIfAbsent(role, each -> newUser(latchkey, each));
  }

  /** A user in a role, whose password is {@link #PASSWORD}. */
  String newUser(Latchkey latchkey, String role) {
    JsonObject user = addedUser(latchkey, role);
    String name = user.getString("name");
    String first = user.getString("password");
    latchkey
        .nobody()
        .calls("/account/password")
        .by("POST")
        .signedInAs(name, first)
        .sending(
            "application/json",
            Admin.text(Map.of("currentPassword", first, "newPassword", PASSWORD)))
        .answer()
        .hasStatus(204);
    return name;
  }

  /** A user with a first password. */
  JsonObject addedUser(Latchkey latchkey, String role) {
    added++;
    JsonObject user =
        latchkey
            .admin()
            .posts("/users", Map.of("name", role + added, "role", role))
            .hasStatus(201)
            .json();
    latchkey.secrets().seen(user.getString("password"));
    return user;
  }
}
