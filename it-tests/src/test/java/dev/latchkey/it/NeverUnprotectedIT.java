package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A19: whatever is wrong at the start, nothing is served unprotected, and the log says why. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(111)
@DisplayName("A19: never unprotected")
class NeverUnprotectedIT {

  private static final Duration MENDED = Duration.ofSeconds(15);

  private final Latchkey latchkey;
  private final Applications applications;
  private final Token token;

  NeverUnprotectedIT(Latchkey latchkey, Applications applications) {
    this.latchkey = latchkey;
    this.applications = applications;
    this.token = latchkey.admin().issuesTokenFor("reports");
  }

  @ParameterizedTest
  @CsvSource({"/wrong, latchkey.filter.ruls", "/both, the application also declares the filter"})
  @DisplayName("what can't start answers 503 to everything")
  void answers503ToEverything(String context, String cause) {
    assumeTrue(applications.kind().hasJaxRs() || !context.equals("/both"));
    Call call = applications.calls(context + "/caller/x");

    isClosed(call.answer());
    isClosed(call.with(token).answer());
    isClosed(applications.calls(context + "/reports/x").with(token).answer());
    assertThat(applications.log()).contains(cause);
  }

  @ParameterizedTest
  @CsvSource({
    "/down/caller/x, the database does not answer",
    "/empty/caller/x, the database has no tables of Latchkey",
    "/incomplete/caller/x, com.github.benmanes.caffeine",
    "/seconddown/secured/x, the database does not answer"
  })
  @DisplayName(
      "without its database, or a jar, it answers 503 to tokens, and asks for one otherwise")
  void answers503ToTokens(String path, String cause) {
    assumeTrue(applications.kind().hasJaxRs() || !path.contains("second"));

    isClosed(applications.calls(path).with(token).answer());
    applications.calls(path).answer().isProblem(401);
    assertThat(applications.log()).contains(cause);
  }

  @Test
  @DisplayName("mends itself when the database comes")
  void mendsItself() throws IOException {
    Call call = applications.calls("/mending/caller/x").with(token);
    isClosed(call.answer());

    Path home = applications.wars().mendedHome();
    Files.delete(home);
    Files.createSymbolicLink(home, latchkey.installation().home());

    Eventually.within(MENDED, "the filter lets a token in", () -> call.gets(200));
  }

  // issue 22.a
  @Test
  @DisplayName(
      "<absolute-ordering> that leaves us out: guarded or not started, and the log says so")
  void isNotOpenWhereTheOrderLeavesItOut() {
    Answer answer = applications.calls("/unordered/caller/x").answer();

    assertThat(answer.status()).as("%s", answer).isIn(401, 404, 503);
    assertThat(answer.fields("X-Reached")).as("the application was not reached").isEmpty();
    assertThat(applications.log()).contains("add <name>latchkey</name> to <absolute-ordering>");
  }

  private static void isClosed(Answer answer) {
    answer.isProblem(503);
    assertThat(answer.fields("Retry-After")).hasSize(1);
    assertThat(answer.fields("X-Reached")).as("the application was not reached").isEmpty();
  }
}
