package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every page and dialog, wide and narrow, light and dark: for a screen reader, without overflow,
 * within the budget. With {@code -Dconsole.screenshots=docs/console} it puts a picture of each into
 * that folder.
 */
@ExtendWith({TestedServer.class, Chromium.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsolePagesIT {

  private static final int MOST_BYTES = 150_000;
  private static final int MOST_MILLIS = 1000;

  // WCAG 2.2 AA and axe's own good practice.
  private static final String FIND_VIOLATIONS =
      """
      async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
        'wcag22aa', 'best-practice']})).violations.map(v => v.id + ': ' + v.nodes[0].html)
      """;

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final String axe;
  private final ThirdParty party;
  private final String link;
  private final String user;

  ConsolePagesIT(Latchkey latchkey, Visitors visitors) throws IOException {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.axe = axe();
    Admin admin = latchkey.admin();
    this.party =
        admin.registers(
            "Xpress Bill Pay",
            Map.of(
                "contactName", "Ada Miller",
                "contactEmail", "ada@billpay.example",
                "scopes", List.of("licences:read", "receipts:write")));
    Token used = party.addsToken(Map.of("label", "Production", "lifetime", "P3M"));
    IntStream.range(0, 5).forEach(i -> latchkey.calls("/sample/whoami").with(used).isAdmitted());
    party.addsToken(Map.of("label", "Staging", "lifetime", "P12D"));
    party.addsToken(Map.of("label", "Old integration")).isDeactivated();
    Eventually.within(
        java.time.Duration.ofSeconds(10), "uses", () -> used.row().getInt("useCount") == 5);
    admin.registers("Licence Portal").addsToken();
    admin.registers("Payroll Export").isDisabled();
    this.link =
        latchkey
            .secrets()
            .seen(admin.posts(party.path() + "/handover", Map.of()).json().getString("url"));
    this.user = visitors.user(latchkey, "admin");
  }

  private static String axe() throws IOException {
    try (InputStream in = ConsolePagesIT.class.getResourceAsStream("/axe.min.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest(name = "{0} pixels, {1}")
  @CsvSource({"1280,LIGHT", "1280,DARK", "360,LIGHT", "360,DARK", "3840,LIGHT"})
  void isForEverybody(int width, ColorScheme colours) {
    try (Visitor visitor = visitors.comesTo(latchkey, width, colours)) {
      Page page = visitor.page();
      page.emulateMedia(
          new Page.EmulateMediaOptions()
              .setReducedMotion(ReducedMotion.REDUCE)
              .setColorScheme(colours));
      Look look = name -> isFine(page, name, width, colours);

      visitor.opens("");
      visitor.heading("Sign in").waitFor();
      look.at("sign-in");
      visitor.signsIn(user, Visitors.PASSWORD);
      page.locator(".figures").waitFor();
      look.at("third-parties");
      visitor.field("Look up a third party").fill("x");
      visitor.found().first().waitFor();
      look.at("look-up");
      visitor.button("Register a third party").click();
      look.at("register");
      page.keyboard().press("Escape");

      visitor.opens("#/third-parties/" + party.id());
      visitor.row("Production").waitFor();
      look.at("third-party");
      visitor.button("Add OAuth token").click();
      look.at("add-token");
      page.keyboard().press("Escape");
      visitor.button("Renew Production").click();
      look.at("renew");
      page.keyboard().press("Escape");
      visitor.button("Hand over …").click();
      look.at("hand-over");
      page.keyboard().press("Escape");
      page.keyboard().press("Control+e");
      look.at("edit");

      visitor.opens("#/access/" + party.clientId());
      visitor.heading("Access works").waitFor();
      look.at("test-access");
      visitor.opens("#/audit");
      page.locator(".grid tbody tr").first().waitFor();
      look.at("audit");
      visitor.opens("#/people");
      page.locator(".grid tbody tr").first().waitFor();
      look.at("people");
      visitor.opens("#/account");
      page.locator(".rows li").first().waitFor();
      look.at("account");

      page.navigate(link);
      visitor.button("Show my credentials").waitFor();
      look.at("one-time-link");
    }
  }

  /** Nothing on a page keeps anybody out, as far as axe-core sees. */
  static void isAccessible(Page page) throws IOException {
    page.evaluate(axe());
    assertThat((List<?>) page.evaluate(FIND_VIOLATIONS)).as("axe on %s", page.url()).isEmpty();
  }

  private interface Look {
    void at(String name);
  }

  private void isFine(Page page, String name, int width, ColorScheme colours) {
    page.evaluate(axe);
    assertThat((List<?>) page.evaluate(FIND_VIOLATIONS)).as("axe on %s", name).isEmpty();
    assertThat((Integer) page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
        .as("what does not fit on %s", name)
        .isLessThanOrEqualTo(0);
    String folder = System.getProperty("console.screenshots", "");
    if (!folder.isEmpty() && width < 3000) {
      String file =
          "%s-%s-%s.png"
              .formatted(
                  name,
                  width < 500 ? "narrow" : "wide",
                  colours.name().toLowerCase(java.util.Locale.ROOT));
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(
                  Path.of(Installation.setting("tested.project")).resolve(folder).resolve(file)));
    }
  }

  @Test
  void isQuickAndSmall() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      try (Visitor visitor = visitors.comesTo(latchkey)) {
        long[] bytes = {0};
        visitor
            .page()
            .onResponse(
                response -> {
                  var sizes = response.request().sizes();
                  bytes[0] += sizes.responseBodySize + sizes.responseHeadersSize;
                });
        long start = System.nanoTime();
        visitor.opens("");
        visitor.field("Name").fill("interactive");
        best = Math.min(best, (System.nanoTime() - start) / 1_000_000);
        visitor.page().waitForLoadState();
        assertThat(bytes[0]).as("bytes of the first page").isBetween(1L, (long) MOST_BYTES);
        System.out.printf("first page: %d bytes, interactive in %d ms%n", bytes[0], best);
      }
    }
    assertThat(best).as("milliseconds until the first field takes a key").isLessThan(MOST_MILLIS);
  }

  @Test
  void goesOnWithoutTheMouse() {
    try (Visitor visitor = visitors.comesTo(latchkey)) {
      visitor.opens("");
      Page page = visitor.page();
      assertThat(visitor.field("Name")).isFocused();
      page.keyboard().type(user);
      page.keyboard().press("Tab");
      page.keyboard().type(Visitors.PASSWORD);
      page.keyboard().press("Enter");
      visitor.heading("Third parties").waitFor();
      page.keyboard().type("xpress");
      visitor.found().first().waitFor();
      page.keyboard().press("Enter");
      visitor.heading(party.name()).waitFor();
      assertThat(visitor.heading(party.name())).isFocused();

      for (int i = 0; i < 40 && !focused(page).contains("Add OAuth token"); i++) {
        page.keyboard().press("Tab");
      }
      page.keyboard().press("Enter");
      assertThat(visitor.dialog()).isVisible();
      page.keyboard().press("Escape");
      assertThat(visitor.dialog()).hasCount(0);
      assertThat(focused(page)).contains("Add OAuth token");
      assertThat(visitor.clicks()).isZero();
    }
  }

  private static String focused(Page page) {
    return (String) page.evaluate("() => document.activeElement.textContent");
  }
}
