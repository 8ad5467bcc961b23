package dev.latchkey.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page of a one-time link, as a third party sees it. */
@ExtendWith({TestedServer.class, Chromium.class})
class ConsoleHandoverIT {

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final Visitor thirdParty;
  private final ThirdParty party;

  ConsoleHandoverIT(Latchkey latchkey, Visitors visitors) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.thirdParty = visitors.comesTo(latchkey);
    this.party = latchkey.admin().registers("Handed Over");
  }

  @AfterEach
  void closes() {
    thirdParty.close();
  }

  private JsonObject link(Map<String, ?> draft) {
    JsonObject link =
        latchkey.admin().posts(party.path() + "/handover", draft).hasStatus(201).json();
    latchkey.secrets().seen(link.getString("url"));
    return link;
  }

  @Test
  void showsTheCredentialsOnceAndSaysLaterThatTheyWereSeen() {
    String url = link(Map.of("clientSecret", true)).getString("url");
    thirdParty.page().navigate(url);
    assertThat(thirdParty.heading("Access for " + party.name())).isVisible();
    thirdParty.button("Show my credentials").click();
    assertThat(thirdParty.field("Client ID")).hasValue(party.clientId());
    String token = thirdParty.secretIn("OAuth token");
    assertThat(thirdParty.secretIn("Client secret")).isNotEmpty();
    assertThat(thirdParty.field("curl line").inputValue()).startsWith("curl ").contains(token);
    thirdParty.button("Copy OAuth token").click();
    assertThat(thirdParty.clipboard()).isEqualTo(token);
    assertThat(thirdParty.page().url()).doesNotContain("#");
    latchkey.calls("/sample/whoami").bearing(token).isAdmitted();

    try (Visitor later = visitors.comesTo(latchkey)) {
      later.page().navigate(url);
      assertThat(later.heading("This link was used")).isVisible();
      assertThat(later.page().locator("main")).containsText("third-party:");
      assertThat(later.page().locator("main time")).isVisible();
      assertThat(later.button("Show my credentials")).hasCount(0);
    }
  }

  @Test
  void isNotOpenedByLookingAtIt() {
    String url = link(Map.of()).getString("url");
    for (int i = 0; i < 3; i++) {
      thirdParty.page().navigate("about:blank");
      thirdParty.page().navigate(url);
      assertThat(thirdParty.button("Show my credentials")).isVisible();
    }
    assertThat(party.tokens()).isEmpty();
  }

  @Test
  void saysThatALinkThatWasTakenBackIsNone() {
    JsonObject link = link(Map.of());
    latchkey.admin().deletes(party.path() + "/handover/" + link.getString("id")).hasStatus(204);

    thirdParty.page().navigate(link.getString("url"));

    assertThat(thirdParty.heading("There is no such link")).isVisible();
  }

  @Test
  void showsTheAdminWhatHasBecomeOfALink() {
    link(Map.of("label", "Waits"));
    try (Visitor operator = visitors.comesTo(latchkey)) {
      operator.signsIn("operator");
      operator.opens("#/third-parties/" + party.id());
      assertThat(operator.page().locator(".rows li")).containsText("waiting");
      operator.button("Take back").click();
      operator.button("Take it back").click();
      assertThat(operator.notices()).containsText("The link is taken back.");
    }
  }
}
