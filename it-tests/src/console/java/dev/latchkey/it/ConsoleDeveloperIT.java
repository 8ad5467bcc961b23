package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** issue 18.4: what the console shows of OAuth. */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleDeveloperIT {

  private static final long PATIENCE_SECONDS = 60;

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final OAuthClient client;
  @TempDir private Path folder;

  ConsoleDeveloperIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.client = OAuthClient.registered(latchkey, Map.of("scopes", List.of("a")));
  }

  @ParameterizedTest
  @CsvSource({
    "curl, call.sh, bash",
    "Java, Call.java, java",
    "Python, call.py, python3",
    "JavaScript, call.mjs, node"
  })
  @DisplayName("the lines for a language work as they were copied, and hold no secret")
  void givesLinesThatWork(String language, String file, String program) throws Exception {
    assumeTrue(isInstalled(program), program + " is not installed");
    String lines;
    try (Visitor viewer = visitors.comesTo(latchkey)) {
      viewer.signsIn("viewer");
      isShown(viewer);
      lines = copied(viewer, language);
    }

    assertThat(lines).contains(client.id()).doesNotContain(client.secret());
    assertThat(outputOf(program, file, lines)).contains('"' + client.id() + '"', "\"tokenId\"");
  }

  private String copied(Visitor viewer, String language) {
    viewer.page().locator("summary").getByText(language, exactly()).focus();
    viewer.page().keyboard().press("Enter");
    viewer.button("Copy the lines for " + language).focus();
    viewer.page().keyboard().press("Enter");
    assertThat(viewer.notices()).containsText("Lines for " + language + " copied.");
    assertThat(viewer.clicks()).isZero();
    return viewer.clipboard();
  }

  private static com.microsoft.playwright.Locator.GetByTextOptions exactly() {
    return new com.microsoft.playwright.Locator.GetByTextOptions().setExact(true);
  }

  private String outputOf(String program, String file, String lines)
      throws IOException, InterruptedException {
    Path written = Files.writeString(folder.resolve(file), lines, UTF_8);
    File output = folder.resolve("output").toFile();
    ProcessBuilder command =
        new ProcessBuilder(program, written.toString())
            .redirectErrorStream(true)
            .redirectOutput(output);
    command.environment().put("LATCHKEY_CLIENT_SECRET", client.secret());
    command.environment().put("API_URL", latchkey.installation().uri("/sample/whoami").toString());
    Process process = command.start();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(program).isTrue();
    return Files.readString(output.toPath(), UTF_8);
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  @Test
  void givesTheEndpointsByThePublicAddress() {
    try (Visitor viewer = visitors.comesTo(latchkey)) {
      viewer.signsIn("viewer");
      isShown(viewer);
      String issuer = latchkey.installation().uri("/latchkey").toString();

      viewer.button("Copy Token endpoint").click();
      assertThat(viewer.clipboard()).isEqualTo(issuer + "/oauth/token");
      viewer.button("Copy endpoints").click();
      assertThat(viewer.clipboard())
          .contains(
              client.id(),
              issuer + "/oauth/authorize",
              issuer + "/oauth/revoke",
              issuer + "/oauth/introspect",
              issuer + "/.well-known/oauth-authorization-server");
    }
  }

  @Test
  void tellsNothingOfItWhereAnAdminHandsTheTokensOver() {
    ThirdParty manual = latchkey.admin().registers("No OAuth Of Its Own");
    try (Visitor viewer = visitors.comesTo(latchkey)) {
      viewer.signsIn("viewer");
      viewer.opens("#/third-parties/" + manual.id());
      viewer.heading(manual.name()).waitFor();
      assertThat(viewer.heading("OAuth tokens")).isVisible();
      assertThat(viewer.heading("For its developer")).hasCount(0);
    }
  }

  @ParameterizedTest(name = "{0} pixels, {1}")
  @CsvSource({"1280,LIGHT", "1280,DARK", "360,LIGHT", "360,DARK"})
  void groupsHourlyTokensAndCountsThem(int width, ColorScheme colours) throws Exception {
    client.owner().addsToken(Map.of("label", "By hand"));
    client.token();
    client.token();
    client.asks("revoke", Map.of("token", client.token())).hasStatus(200);
    try (Visitor viewer = visitors.comesTo(latchkey, width, colours)) {
      viewer.signsIn("viewer");
      isShown(viewer);
      viewer.row("By hand").waitFor();
      assertThat(viewer.text("3 hourly tokens, 2 active")).isVisible();
      assertThat(viewer.page().locator("tr[data-token]")).hasCount(1);
      for (String language : List.of("curl", "Java", "Python", "JavaScript")) {
        viewer.page().locator("summary").getByText(language, exactly()).click();
      }
      isFine(viewer.page());

      viewer.button("Show them").focus();
      viewer.page().keyboard().press("Enter");

      assertThat(viewer.page().locator("tr[data-token]")).hasCount(4);
      assertThat(viewer.button("Fold them away")).isFocused();
      isFine(viewer.page());
      viewer.page().keyboard().press("Enter");
      assertThat(viewer.page().locator("tr[data-token]")).hasCount(1);
    }
  }

  @ParameterizedTest(name = "{0} pixels, {1}")
  @CsvSource({"1280,LIGHT", "360,DARK"})
  void showsTheLastFailuresOfTheClientsAuthentication(int width, ColorScheme colours)
      throws Exception {
    client.withSecret("wrong").fetches("").hasStatus(401);
    client.withSecret("wrong").fetches("").hasStatus(401);
    try (Visitor admin = visitors.comesTo(latchkey, width, colours)) {
      admin.signsIn("admin");
      admin.opens("#/access/" + client.id());

      assertThat(admin.page().locator("main .rows li"))
          .containsText(java.util.regex.Pattern.compile("Wrong secret .+ from 127\\.0\\.0\\.1"));
      assertThat(admin.page().locator("main .rows li")).containsText("2 times");
      isFine(admin.page());
    }
  }

  private static void isFine(Page page) throws IOException {
    ConsolePagesIT.isAccessible(page);
    assertThat((Integer) page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
        .as("what does not fit")
        .isLessThanOrEqualTo(0);
  }

  private void isShown(Visitor visitor) {
    visitor.opens("#/third-parties/" + client.owner().id());
    visitor.heading("For its developer").waitFor();
  }
}
