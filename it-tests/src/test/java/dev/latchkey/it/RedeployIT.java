package dev.latchkey.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.it.app.BareServlet;
import dev.latchkey.it.server.ServerKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ten redeploys leave nothing of ours behind: no class loader, no node, no thread. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(113)
@DisplayName("Redeployed")
class RedeployIT {

  private static final int TIMES = 6;
  private static final Duration ENDED = Duration.ofMinutes(1);
  // Each application that has the jar loads these; nobody else does.
  private static final String FILTER = "dev.latchkey.filter.BearerTokenFilter";
  private static final String NODE = "dev.latchkey.core.LatchkeyNode";
  private static final String BARE = BareServlet.class.getName();

  private final Applications applications;
  private final Token token;

  RedeployIT(Latchkey latchkey, Applications applications) {
    this.applications = applications;
    this.token = latchkey.admin().issuesTokenFor("reports");
  }

  @Test
  @DisplayName("nothing of ours stays, in an application with persistence of its own")
  void leavesNothingBehind() {
    assumeTrue(
        applications.kind() != ServerKind.PAYARA_MICRO, "Payara Micro deploys at its start only");
    boolean full = applications.kind().hasJaxRs();
    String context = full ? "/own" : "/auto";
    Call call = applications.calls(context + "/caller/x").with(token);
    Call bareCall = applications.calls("/bare/bare/x");
    // Once before it counts: a server's own threads keep the application that they started in.
    applications.redeploy("/bare", bareCall);
    applications.redeploy(context, call);
    call.isAdmitted();
    int bare = applications.loaded(BARE);
    int loaded = applications.loaded(FILTER);
    int nodes = applications.reachable(NODE);
    Map<String, Long> threads = applications.threads();

    for (int i = 0; i < TIMES; i++) {
      applications.redeploy("/bare", bareCall);
    }
    for (int i = 0; i < TIMES; i++) {
      applications.redeploy(context, call);
    }

    Eventually.within(
        ENDED, "as many nodes as before, " + nodes, () -> applications.reachable(NODE) <= nodes);
    // Pools of the other applications grow and shrink by themselves, but not by one each time.
    Eventually.within(
        ENDED,
        "hardly more threads than before, " + threads,
        () -> applications.threads().entrySet().stream().allMatch(now -> isNear(threads, now)));
    // Not more class loaders than an application leaves that has nothing of ours: GlassFish 7
    // leaves each (docs/servers.md). And one more: JDK 17 holds on to the last class whose record
    // it has linked (ObjectMethods). What has to be finalized takes more than one round.
    Eventually.within(
        ENDED,
        "as many class loaders as before, " + loaded,
        () -> {
          applications.isBusyWith(call);
          int ofOthers = Math.max(applications.loaded(BARE) - bare, 0);
          return applications.loaded(FILTER) <= loaded + ofOthers + 1;
        });
    if (full) {
      applications.calls("/own/notes").with(token).answer().hasStatus(200);
    }
  }

  private static boolean isNear(Map<String, Long> before, Map.Entry<String, Long> now) {
    return now.getValue() - before.getOrDefault(now.getKey(), 0L) < TIMES / 2;
  }
}
