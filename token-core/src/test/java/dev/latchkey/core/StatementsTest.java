package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.Verdict.Refused;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How many statements checks cost, as the database counts them. */
class StatementsTest {

  private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");
  private static final int THREADS = 100;
  private static final int REQUESTS = 10_000;

  private final Settings settings =
      Server.H2.settings(
          "latchkey.feed.poll-interval", "PT10H", "latchkey.usage.flush-interval", "PT10H");
  private final byte[] tagKey = {1, 2, 3};
  private final TagKeys keys = new TagKeys(List.of(tagKey));
  private final TokenFormat format = new TokenFormat(new SecureRandom());
  private final Database database =
      Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
  private final MintedToken token = format.mint("lk", keys);
  private final LatchkeyNode node = start();

  private LatchkeyNode start() {
    database.transact(
        em -> {
          em.persist(new TagKeyRow(1, tagKey, NOON));
          em.persist(
              new ThirdParty("tp1", "Express", true, ThirdParty.Authorization.MANUAL, NOON, "me"));
          em.persist(new AccessToken(token, "tp1", null, List.of(), NOON, "me", null));
          return null;
        });
    return LatchkeyNode.open(settings, ServerDataSource.lookedUp(settings), new MovedClock(NOON));
  }

  @BeforeEach
  void countFromHere() throws SQLException {
    // The pool's connections are there, with what they are set up with.
    node.verifier().verify(format.mint("lk", keys).token());
    execute("set query_statistics false");
    execute("set query_statistics true");
  }

  @AfterEach
  void close() {
    node.close();
    database.close();
  }

  @Test
  @DisplayName("a token that is not in memory costs one statement, and nothing around it")
  void oneStatement() throws SQLException {
    assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
    assertThat(statements()).hasSize(1).containsValue(1L);
    assertThat(statements().keySet()).allMatch(sql -> sql.contains("access_token"));
  }

  @Test
  @DisplayName("a token in memory costs none")
  void noStatement() throws SQLException {
    node.verifier().verify(token.token());
    Map<String, Long> before = statements();
    for (int i = 0; i < 1000; i++) {
      assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
    }
    assertThat(statements()).isEqualTo(before);
  }

  @Test
  @DisplayName("A18 a million tokens of somebody else cost none")
  void foreignTokensCostNothing() throws SQLException {
    TagKeys others = new TagKeys(List.of(new byte[] {4}));
    for (int i = 0; i < 1000; i++) {
      BearerToken ofOurFormat = format.mint("lk", others).token();
      BearerToken garbage = BearerToken.parse("garbage." + i).orElseThrow();
      for (int j = 0; j < 500; j++) {
        assertThat(node.verifier().verify(ofOurFormat)).isSameAs(Refused.FOREIGN);
        assertThat(node.verifier().verify(garbage)).isSameAs(Refused.FOREIGN);
      }
    }
    assertThat(statements()).isEmpty();
  }

  @Test
  @DisplayName("ten thousand requests at once for a token that is not in memory cost one")
  void oneForAll() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CountDownLatch ready = new CountDownLatch(THREADS);
    List<Future<Long>> answered = new ArrayList<>();
    try {
      for (int i = 0; i < THREADS; i++) {
        answered.add(
            threads.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  long grants = 0;
                  for (int j = 0; j < REQUESTS / THREADS; j++) {
                    grants += node.verifier().verify(token.token()) instanceof Grant ? 1 : 0;
                  }
                  return grants;
                }));
      }
      long grants = 0;
      for (Future<Long> future : answered) {
        grants += future.get(1, TimeUnit.MINUTES);
      }
      assertThat(grants).isEqualTo(REQUESTS);
    } finally {
      threads.shutdownNow();
    }
    assertThat(statements()).hasSize(1).containsValue(1L);
  }

  private void execute(String sql) {
    database.ask(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  /**
   * Each statement since {@link #countFromHere} but for our own and the feed's thread's, and how
   * often it was executed.
   */
  private Map<String, Long> statements() {
    return database.ask(StatementsTest::statements);
  }

  private static Map<String, Long> statements(Connection connection) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select sql_statement, execution_count from information_schema.query_statistics")) {
      while (rows.next()) {
        String sql = rows.getString(1);
        // A node looks at the feed and at the time when it starts, and the pool greets each new
        // connection, in the background.
        if (!sql.startsWith("SET ")
            && !sql.startsWith("CALL ")
            && !sql.contains("query_statistics")
            && !sql.contains("feed")
            && !sql.contains("extract(epoch")) {
          counts.put(sql, rows.getLong(2));
        }
      }
    }
    return counts;
  }
}
