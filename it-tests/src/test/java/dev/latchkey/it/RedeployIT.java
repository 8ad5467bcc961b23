package dev.latchkey.it;

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
    redeploy(full ? "/ownwithout" : "/without");
    int loaded = applications.loaded(CallerServlet.class);
    redeploy(full ? "/own" : "/auto");

    // What has to be finalized first takes more than one round of the collector.
    Eventually.within(
        ENDED,
        "as many class loaders as before, " + loaded,
        () -> applications.loaded(CallerServlet.class) <= loaded);
    Eventually.within(ENDED, "as many nodes as before", () -> applications.nodes() <= nodes);
    if (full) {
      applications.calls("/own/notes").with(token).answer().hasStatus(200);
    }
  }

  private void redeploy(String context) throws IOException {
    Call call = applications.calls(context + "/caller/x").with(token);
    for (int i = 0; i < TIMES; i++) {
      applications.redeploy(context, call);
    }
  }
}
