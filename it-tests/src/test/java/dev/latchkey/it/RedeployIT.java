package dev.latchkey.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.app.CallerServlet;
import dev.latchkey.it.server.ServerKind;
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
  @DisplayName("no class loader and no thread stays, in an application with persistence of its own")
  void leavesNothingBehind() {
    assumeTrue(
        applications.kind() != ServerKind.PAYARA_MICRO, "Payara Micro deploys at its start only");
    boolean full = applications.kind().hasJaxRs();
    String context = full ? "/own" : "/auto";
    Call call = applications.calls(context + "/caller/x").with(token);
    call.isAdmitted();
    int loaded = applications.loaded(CallerServlet.class);
    int nodes = applications.nodes();

    for (int i = 0; i < TIMES; i++) {
      applications.redeploy(context, call);
    }

    // What has to be finalized first takes more than one round of the collector. One more than
    // before: JDK 17 holds on to the last class whose record it has linked (ObjectMethods).
    Eventually.within(
        ENDED,
        "as many class loaders as before, " + loaded,
        () -> applications.loaded(CallerServlet.class) <= loaded + 1);
    Eventually.within(ENDED, "as many nodes as before", () -> applications.nodes() <= nodes);
    if (full) {
      applications.calls("/own/notes").with(token).answer().hasStatus(200);
    }
  }
}
