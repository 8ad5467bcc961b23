package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.server.ServerKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Contract §4, the second door: scopes are roles for the container as well. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(112)
@DisplayName("Second door")
class SecondDoorIT {

  private final Applications applications;
  private final Token reports;
  private final Token other;
  private final Token neither;

  SecondDoorIT(Latchkey latchkey, Applications applications) {
    this.applications = applications;
    this.reports = latchkey.admin().issuesTokenFor("reports");
    this.other = latchkey.admin().issuesTokenFor("other");
    this.neither = latchkey.admin().issuesTokenFor("neither");
  }

  @BeforeAll
  void onlyWhereThereIsJakartaSecurity() {
    assumeTrue(applications.kind().hasJaxRs());
  }

  @Test
  void asksForATokenWithTheFiltersChallenge() {
    for (String path : new String[] {"/second/secured/x", "/second/caller/x"}) {
      Answer answer = applications.calls(path).answer();
      assertThat(answer.isProblem(401).challenge().error()).isEmpty();
      assertThat(answer.fields("X-Reached")).isEmpty();
      applications.calls(path).bearing("lk_unknown").isRefused();
    }
  }

  @Test
  @DisplayName("<auth-constraint>, getCallerPrincipal, isCallerInRole and an EJB's @RolesAllowed")
  void tellsTheContainerWhoCalls() {
    Answer answer = applications.calls("/second/secured/x").with(reports).answer();

    answer.hasStatus(200);
    assertThat(answer.body())
        .contains("caller=" + principal() + "\n", "name=" + reports.owner().name())
        .contains("reports=true", "other=false")
        .contains("bean=report for " + reports.owner().name());
  }

  // GlassFish 7 wraps it; request.getUserPrincipal() has it there as well.
  private static String principal() {
    return Installation.setting("tested.server").equals("glassfish")
            && Installation.setting("tested.version").startsWith("7.")
        ? "WebPrincipal"
        : "ThirdPartyPrincipal";
  }

  @Test
  void keepsOthersFromTheBean() {
    assertThat(applications.calls("/second/secured/x").with(other).answer().hasStatus(200).body())
        .contains("reports=false", "other=true", "bean=refused");
  }

  @Test
  void keepsThoseWithoutTheRoleFromTheServlet() {
    applications.calls("/second/secured/x").with(neither).answer().hasStatus(403);
  }

  @Test
  void keepsThoseWithoutTheRoleFromAJaxRsResource() {
    assertThat(
            applications.calls("/second/rest/reports").with(reports).answer().hasStatus(200).body())
        .isEqualTo("report for " + reports.owner().name());
    Answer refused = applications.calls("/second/rest/reports").with(other).answer();
    // What an EJB's refusal looks like is the server's matter; WildFly has no mapper for it.
    refused.hasStatus(
        applications.kind() == ServerKind.WILDFLY ? new int[] {500} : new int[] {401, 403});
    assertThat(refused.body()).doesNotContain("report for");
  }

  @Test
  void looksTheSameAsTheFilterToAServletWithoutConstraint() {
    assertThat(applications.calls("/second/caller/x").with(reports).answer().hasStatus(200).body())
        .contains("principal=ThirdPartyPrincipal", "auth=BEARER", "reports=true", "other=false")
        .contains("user=" + reports.owner().clientId());
  }

  @Test
  @DisplayName("neither the filter's paths nor the application ask for a token: none is needed")
  void leavesOpenWhatNobodyProtects() {
    assertThat(applications.calls("/second/reports/x").answer().hasStatus(200).body())
        .contains("principal=none");
  }

  @Test
  void knowsTheCallerAfterADeactivationNoMore() {
    Token token = reports.owner().addsTokenFor("reports");
    applications.calls("/second/secured/x").with(token).answer().hasStatus(200);
    token.isDeactivated();
    Eventually.within(
        Latchkey.REVOCATION_BOUND,
        "the second door refuses it",
        () -> applications.calls("/second/secured/x").with(token).gets(401));
  }
}
