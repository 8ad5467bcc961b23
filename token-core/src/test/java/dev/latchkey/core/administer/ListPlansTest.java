package dev.latchkey.core.administer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * How PostgreSQL finds what admins list and look up among many: the plans that it writes into its
 * log (auto_explain) for the statements that are really sent.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListPlansTest {

  private static final int THIRD_PARTIES = 20_000;
  private static final int TOKENS_OF_EACH = 5;

  /** One third party has five hundred, all over the table: more than may be read for a page. */
  private static final int BETWEEN_TWO_OF_THE_BIGGEST = 200;

  /** From then on a driver's statement may have one plan for all values. */
  private static final int PLANNED_FOR_ALL = 12;

  /** A page of 50 and what stands beside it, each row by an index of three levels. */
  private static final int MOST_PAGES = 400;

  private static final PageRequest FIRST = new PageRequest(50, null);
  private static final Pattern WHOLE_TABLE =
      Pattern.compile("Seq Scan on (third_party|access_token|token_usage)\\b");
  private static final Pattern TOKENS_READ =
      Pattern.compile("(Seq Scan on access_token|Heap Fetches: [1-9])\\b");
  private static final Pattern PAGES =
      Pattern.compile("Query Text:(.*?)Buffers: shared hit=(\\d+)", Pattern.DOTALL);

  private final Path log;
  private final EmbeddedPostgres postgres;
  private final Administration administration;

  ListPlansTest(@TempDir Path folder) throws IOException {
    log = folder.resolve("postgres.log");
    postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofSeconds(60))
            // Vacuum takes no row for visible to all whose commit is not written down yet.
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_preload_libraries", "auto_explain")
            .setServerConfig("auto_explain.log_min_duration", "0")
            .setServerConfig("auto_explain.log_analyze", "on")
            .setServerConfig("auto_explain.log_timing", "off")
            .setServerConfig("auto_explain.log_buffers", "on")
            .setErrorRedirector(Redirect.appendTo(log.toFile()))
            .setOutputRedirector(Redirect.appendTo(log.toFile()))
            .start();
    Settings settings =
        Settings.read(
            Map.of(),
            Map.of(
                "latchkey.jdbc.url",
                postgres.getJdbcUrl("postgres", "postgres"),
                "latchkey.jdbc.user",
                "postgres"),
            Map.of(),
            Map.of());
    administration =
        Administration.open(
            settings,
            ServerDataSource.lookedUp(settings),
            Clock.systemUTC(),
            new SecureRandom(),
            List.of());
  }

  @BeforeAll
  void fill() throws SQLException {
    execute(
        "insert into third_party (id, name, name_key, enabled, authorization_kind, scopes,"
            + " allowed_networks, created_at, created_by, version) select 'tp' || n,"
            + " 'Third Party ' || n, 'third party ' || n, n % 1000 > 0, 'MANUAL', 'a', '', now(),"
            + " 'me', 0"
            + " from generate_series(1, "
            + THIRD_PARTIES
            + ") n");
    execute(
        "insert into access_token (id, third_party_id, prefix, hash, label, scopes, created_at,"
            + " created_by, expires_at, version) select lpad(n::text, 10, '0'), case when n % "
            + BETWEEN_TWO_OF_THE_BIGGEST
            + " = 0 then 'tp19999' else 'tp' || 1 + n % "
            + THIRD_PARTIES
            + " end, 'lk', sha256(n::text::bytea), 'Licence portal ' || n,"
            + " 'licences:read licences:write', now() - n * interval '10 seconds', 'me',"
            + " now() + interval '90 days', 0 from generate_series(1, "
            + THIRD_PARTIES * TOKENS_OF_EACH
            + ") n");
    execute(
        "insert into token_usage (token_id, used_on, uses, last_used_at, last_used_from)"
            + " select id, current_date, 1, now(), '127.0.0.1' from access_token where id like"
            + " '%0' or id like '%6'");
    execute("vacuum analyze");
  }

  @AfterAll
  void close() throws IOException {
    administration.close();
    postgres.close();
  }

  @Test
  @DisplayName("the tokens of one third party are found by index, on the first and the next page")
  void tokensOfOne() throws IOException {
    isByIndex(() -> administration.tokens().list("tp777", null, FIRST));
    isByIndex(() -> administration.tokens().list("tp777", true, FIRST));
    String next = administration.tokens().list("tp777", null, new PageRequest(2, null)).next();
    assertThat(next).isNotNull();
    isByIndex(() -> administration.tokens().list("tp777", null, new PageRequest(2, next)));
  }

  @Test
  @DisplayName("of a third party with hundreds of tokens no more are read than a page shows")
  void tokensOfTheBiggest() throws IOException {
    isByIndex(() -> administration.tokens().list("tp19999", null, FIRST));
    isByIndex(() -> administration.tokens().list("tp19999", true, FIRST));
    String next = administration.tokens().list("tp19999", null, FIRST).next();
    isByIndex(() -> administration.tokens().list("tp19999", null, new PageRequest(50, next)));
  }

  @Test
  @DisplayName("figures count tokens by index alone, and find by index which nobody has used")
  void figures() throws IOException {
    for (int i = 0; i < PLANNED_FOR_ALL; i++) {
      long before = Files.size(log);
      assertThat(administration.statistics().overview().attention()).isNotEmpty();
      String plans = logged(before);
      assertThat(plans).contains("Index Only Scan using access_token_expiry");
      assertThat(TOKENS_READ.matcher(plans).results().map(MatchResult::group))
          .as("tokens read to count them in:%n%s", plans)
          .isEmpty();
      assertThat(pages(plans, "not exists")).hasSize(1).allMatch(pages -> pages <= MOST_PAGES);
    }
  }

  @Test
  @DisplayName("third parties are found by index: all, by how the name begins, and none")
  void thirdParties() throws IOException {
    isByIndex(() -> listed(null));
    isByIndex(() -> listed("Third Party 77"));
    isByIndex(() -> listed("third party"));
    isByIndex(() -> listed("Nobody"));
    String next = administration.thirdParties().list(ThirdPartyFilter.ALL, FIRST).next();
    isByIndex(
        () -> administration.thirdParties().list(ThirdPartyFilter.ALL, new PageRequest(50, next)));
  }

  @Test
  @DisplayName("one third party and one token are found by index")
  void one() throws IOException {
    isByIndex(() -> administration.thirdParties().get("tp777"));
    isByIndex(() -> administration.tokens().get("tp777", "0000000776"));
  }

  @Test
  @DisplayName("what reads a whole table is noticed")
  void noticesWhatReadsAll() throws IOException, SQLException {
    long before = Files.size(log);
    execute("select count(*) from third_party where name like '%7'");
    assertThat(WHOLE_TABLE.matcher(logged(before)).results()).isNotEmpty();
  }

  private Page<ThirdPartyView> listed(@Nullable String prefix) {
    return administration.thirdParties().list(new ThirdPartyFilter(prefix, null, null), FIRST);
  }

  private void isByIndex(Runnable question) throws IOException {
    for (int i = 0; i < PLANNED_FOR_ALL; i++) {
      long before = Files.size(log);
      question.run();
      String plans = logged(before);
      assertThat(plans).contains("Query Text:");
      assertThat(WHOLE_TABLE.matcher(plans).results().map(MatchResult::group))
          .as("tables read as a whole in:%n%s", plans)
          .isEmpty();
      assertThat(pages(plans, "select"))
          .as("pages read in:%n%s", plans)
          .isNotEmpty()
          .allMatch(pages -> pages <= MOST_PAGES);
    }
  }

  // Of each statement with this in its text.
  private static List<Integer> pages(String plans, String part) {
    return PAGES
        .matcher(plans)
        .results()
        .filter(match -> match.group(1).contains(part))
        .map(match -> Integer.valueOf(match.group(2)))
        .toList();
  }

  // A backend writes a plan before it answers.
  private String logged(long from) throws IOException {
    byte[] all = Files.readAllBytes(log);
    return new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
  }

  private void execute(String sql) {
    administration
        .database()
        .ask(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
              }
            });
  }
}
