package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.app.CallerServlet;
import dev.latchkey.it.server.ServerKind;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ten redeploys leave nothing of ours behind: no class loader, no thread. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(113)
@DisplayName("Redeployed")
class RedeployIT {

  private static final int TIMES = 10;
  private static final Duration ENDED = Duration.ofSeconds(30);

  private final Applications applications;
  private final Token token;

  RedeployIT(Latchkey latchkey, Applications applications) {
    this.applications = applications;
    this.token = latchkey.admin().issuesTokenFor("reports");
  }

  @Test
  @DisplayName("no more class loaders stay than of the same application without the filter")
  void leavesNothingBehind() throws IOException {
    assumeTrue(
        applications.kind() != ServerKind.PAYARA_MICRO, "Payara Micro deploys at its start only");
    boolean full = applications.kind().hasJaxRs();
    int nodes = applications.nodes();
    int without = leftByRedeploys(full ? "/ownwithout" : "/without");
    int with = leftByRedeploys(full ? "/own" : "/auto");

    assertThat(with).as("class loaders left").isLessThanOrEqualTo(without);
    Eventually.within(ENDED, "as many nodes as before", () -> nodes() <= nodes);
    if (full) {
      applications.calls("/own/notes").with(token).answer().hasStatus(200);
    }
  }

  private int leftByRedeploys(String context) throws IOException {
    Call call = applications.calls(context + "/caller/x").with(token);
    applications.redeploy(context, call);
    int before = applications.loaded(CallerServlet.class);
    for (int i = 0; i < TIMES; i++) {
      applications.redeploy(context, call);
    }
    return applications.loaded(CallerServlet.class) - before;
  }

  private int nodes() {
    try {
      return applications.nodes();
    } catch (IOException notTold) {
      return Integer.MAX_VALUE;
    }
  }
}
