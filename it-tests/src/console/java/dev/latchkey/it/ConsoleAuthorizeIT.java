package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody approves or refuses what a third party's software asks for (RFC 6749 §4.1). */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleAuthorizeIT {

  private static final String VERIFIER = "a-verifier-of-forty-three-characters-or-more";

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final OAuthClient client;

  ConsoleAuthorizeIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    // An address that answers; what it answers does not matter.
    String callback = latchkey.installation().uri("/latchkey/health/live").toString();
    this.client =
        OAuthClient.registered(
            latchkey, Map.of("callbackUrl", callback, "scopes", List.of("licences:read")));
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void signsInApprovesByKeyboardAndGetsATokenThatWorks(ColorScheme colours) throws Exception {
    try (Visitor operator = visitors.comesTo(latchkey, 1280, colours)) {
      String name = visitors.user(latchkey, "operator");
      operator.opens("oauth/authorize?" + request());
      operator.field("Name").fill(name);
      operator.field("Password").fill(Visitors.PASSWORD);
      operator.field("Password").press("Enter");
      operator.heading("Give " + client.owner().name() + " access?").waitFor();
      assertThat(operator.page().locator("main")).containsText("licences:read");
      assertThat(operator.page().locator("main")).containsText("does not expire");
      ConsolePagesIT.isAccessible(operator.page());

      operator.button("Approve").focus();
      operator.page().keyboard().press("Enter");
      operator.page().waitForURL("**/health/live?*");

      Map<String, String> answered = query(operator.page().url());
      assertThat(answered).containsEntry("state", "st").containsKey("iss");
      String token =
          latchkey
              .secrets()
              .seen(
                  client
                      .asks(
                          "token",
                          Map.of(
                              "grant_type",
                              "authorization_code",
                              "code",
                              answered.getOrDefault("code", ""),
                              "code_verifier",
                              VERIFIER))
                      .hasStatus(200)
                      .json()
                      .getString("access_token"));
      latchkey.calls("/sample/whoami").bearing(token).isAdmitted();
    }
  }

  @Test
  void sendsARefusalToTheThirdParty() throws Exception {
    try (Visitor operator = visitors.comesTo(latchkey)) {
      operator.signsIn("operator");
      operator.opens("oauth/authorize?" + request());
      operator.button("Refuse").click();
      operator.page().waitForURL("**/health/live?*");

      assertThat(query(operator.page().url())).containsEntry("error", "access_denied");
    }
  }

  private String request() throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
    return "response_type=code&client_id="
        + client.id()
        + "&code_challenge="
        + Base64.getUrlEncoder().withoutPadding().encodeToString(hash)
        + "&code_challenge_method=S256&state=st";
  }

  private static Map<String, String> query(String url) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : URI.create(url).getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      parameters.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return parameters;
  }
}
