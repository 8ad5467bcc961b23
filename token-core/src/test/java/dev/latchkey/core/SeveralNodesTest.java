package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.feed.Change;
import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.testing.Waiting;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.Verdict.Refused;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Four nodes in one process on each of the databases: by polling alone, but for PostgreSQL. */
@ParameterizedClass
@EnumSource(Server.class)
class SeveralNodesTest {

  private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  // A machine that others use as well may be that much slower than the goal.
  private static final int PATIENCE = 20;
  private static final int NODES = 4;
  private static final int CHANGES = 20;

  private final byte[] tagKey = {1};
  private final TokenFormat format = new TokenFormat(new SecureRandom());
  private final MovedClock clock = new MovedClock(NOON);
  private final ChangeFeed feed = new ChangeFeed(clock);
  private final List<LatchkeyNode> nodes = new ArrayList<>();
  private final Server server;
  private final Settings settings;
  private final Database database;

  SeveralNodesTest(Server server) {
    this.server = server;
    settings = server.settings("latchkey.feed.poll-interval", "PT0.2S");
    database = Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
    database.transact(
        em -> {
          em.persist(new TagKeyRow(1, tagKey, NOON));
          em.persist(
              new ThirdParty(
                  "tp1", "Express", true, ThirdParty.Authorization.MANUAL, NOON, "admin"));
          return null;
        });
  }

  @AfterEach
  void close() {
    nodes.forEach(LatchkeyNode::close);
    database.close();
  }

  @Test
  @DisplayName("E2 every node refuses within the poll interval and what two statements take")
  void everyNodeRefuses() {
    for (int i = 0; i < NODES; i++) {
      nodes.add(open(clock));
    }
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      MintedToken token = issue(null);
      nodes.forEach(
          node -> assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class));
      deactivate(token);
      long committed = System.nanoTime();
      for (LatchkeyNode node : nodes) {
        awaitRefusal(node, token);
      }
      millis.add((System.nanoTime() - committed) / 1e6);
    }
    List<Double> sorted = millis.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%s: refused by %d nodes, polling every %d ms: p50 %.0f ms, max %.0f ms%n",
        server,
        NODES,
        POLL_INTERVAL.toMillis(),
        sorted.get(CHANGES / 2),
        sorted.get(CHANGES - 1));
    assertThat(sorted.get(CHANGES - 1)).isLessThan(PATIENCE * (POLL_INTERVAL.toMillis() + 100.0));
  }

  @Test
  @DisplayName("E1 a clock an hour off moves expiry by an hour, and nothing else")
  void aClockThatIsOffMovesExpiryOnly() {
    MintedToken expired = issue(NOON.minusSeconds(60));
    MintedToken current = issue(NOON.plusSeconds(60));
    MintedToken endless = issue(null);
    LatchkeyNode right = open(clock);
    LatchkeyNode behind = open(new MovedClock(NOON.minus(Duration.ofHours(1))));
    LatchkeyNode ahead = open(new MovedClock(NOON.plus(Duration.ofHours(1))));
    nodes.addAll(List.of(right, behind, ahead));

    assertThat(right.verifier().verify(expired.token())).isEqualTo(Refused.EXPIRED);
    assertThat(right.verifier().verify(current.token())).isInstanceOf(Grant.class);
    assertThat(behind.verifier().verify(expired.token())).isInstanceOf(Grant.class);
    assertThat(ahead.verifier().verify(current.token())).isEqualTo(Refused.EXPIRED);
    nodes.forEach(
        node -> assertThat(node.verifier().verify(endless.token())).isInstanceOf(Grant.class));

    deactivate(endless);
    nodes.forEach(node -> awaitRefusal(node, endless));
  }

  private LatchkeyNode open(MovedClock ofThisNode) {
    Connections its = Connections.open(settings, ServerDataSource.lookedUp(settings));
    return LatchkeyNode.start(its, settings, ofThisNode, Ticker.systemTicker());
  }

  private MintedToken issue(@Nullable Instant expiresAt) {
    MintedToken minted = format.mint("lk", new TagKeys(List.of(tagKey)));
    database.transact(
        em -> {
          em.persist(new AccessToken(minted, "tp1", null, List.of(), NOON, "admin", expiresAt));
          return null;
        });
    return minted;
  }

  private void deactivate(MintedToken token) {
    database.transact(
        em -> {
          em.find(AccessToken.class, token.id()).deactivate(NOON);
          feed.append(em, Change.ofToken(token.id()));
          return null;
        });
  }

  private static void awaitRefusal(LatchkeyNode node, MintedToken token) {
    Waiting.until(
        Duration.ofSeconds(20), () -> !(node.verifier().verify(token.token()) instanceof Grant));
    assertThat(node.verifier().verify(token.token())).isEqualTo(Refused.DEACTIVATED);
  }
}
