package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.feed.Change;
import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.Waiting;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.Verdict.Refused;
import dev.latchkey.core.verify.Verdict.Unavailable;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose PostgreSQL is killed, or hangs, and comes back. */
class DatabaseOutageTest {

  private static final Duration MAX_STALE = Duration.ofMinutes(5);
  private static final Instant CREATED = Instant.parse("2026-03-29T12:00:00Z");

  private final Clock clock = Clock.systemUTC();
  private final ChangeFeed feed = new ChangeFeed(clock);
  private final TokenFormat format = new TokenFormat(new SecureRandom());
  private final byte[] tagKey = {1};
  private final AtomicLong asleepNanos = new AtomicLong();
  private final Ticker ticker = () -> System.nanoTime() + asleepNanos.get();
  private final Path data;
  private EmbeddedPostgres postgres;
  private final Settings settings;
  private final Database database;
  private final MintedToken known;
  private final MintedToken revoked;
  private final MintedToken unseen;
  private final LatchkeyNode node;

  DatabaseOutageTest(@TempDir Path data) throws IOException {
    this.data = data;
    postgres = started(0);
    settings =
        Settings.read(
            Map.of(),
            Map.of(
                "latchkey.jdbc.url",
                "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                "latchkey.jdbc.user",
                "postgres",
                "latchkey.cache.max-stale",
                MAX_STALE.toString()),
            Map.of(),
            Map.of());
    ServerDataSource none = ServerDataSource.lookedUp(settings);
    database = Database.migrate(settings, none, JpaModel.entities());
    database.transact(
        em -> {
          em.persist(new TagKeyRow(1, tagKey, CREATED));
          em.persist(
              new ThirdParty(
                  "tp1", "Express", true, ThirdParty.Authorization.MANUAL, CREATED, "admin"));
          return null;
        });
    known = issue();
    revoked = issue();
    unseen = issue();
    node = LatchkeyNode.start(Connections.open(settings, none), settings, clock, ticker);
    assertThat(node.verifier().verify(known.token())).isInstanceOf(Grant.class);
    assertThat(node.verifier().verify(revoked.token())).isInstanceOf(Grant.class);
    eventually("ready", this::ready);
  }

  @AfterEach
  void close() throws IOException {
    signal("CONT");
    node.close();
    database.close();
    postgres.close();
  }

  @Test
  @DisplayName("E3 killed: what is remembered works, the rest is 503; afterwards all is as before")
  void killed() throws IOException {
    int port = postgres.getPort();
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
    eventually("not ready", () -> !ready());
    assertThat(node.verifier().verify(known.token())).isInstanceOf(Grant.class);
    assertThat(node.verifier().verify(unseen.token())).isEqualTo(Unavailable.INSTANCE);
    assertThat(node.verifier().verify(foreign().token())).isEqualTo(Refused.FOREIGN);

    postgres.close();
    postgres = started(port);
    eventually("ready", this::ready);
    deactivate(revoked);
    eventually("refused", () -> node.verifier().verify(revoked.token()) == Refused.DEACTIVATED);
    eventually("found", () -> node.verifier().verify(unseen.token()) instanceof Grant);
    assertThat(node.verifier().verify(known.token())).isInstanceOf(Grant.class);
  }

  @Test
  @DisplayName("E1 hanging: what is remembered works until max-stale and not longer, nobody waits")
  void hanging() throws IOException {
    signal("STOP");
    eventually("not ready", () -> !ready());
    assertThat(node.checks())
        .filteredOn(check -> check.name().equals("feed"))
        .singleElement()
        .satisfies(check -> assertThat(check.detail()).startsWith("the change feed"));
    assertThat(node.verifier().verify(known.token())).isInstanceOf(Grant.class);

    asleepNanos.set(MAX_STALE.toNanos());
    assertThat(node.verifier().verify(known.token())).isEqualTo(Unavailable.INSTANCE);
    for (int i = 0; i < 3; i++) {
      assertThat(node.verifier().verify(unseen.token())).isEqualTo(Unavailable.INSTANCE);
    }
    long start = System.nanoTime();
    int atOnce = 0;
    for (int i = 0; i < 50; i++) {
      long asked = System.nanoTime();
      assertThat(node.verifier().verify(unseen.token())).isEqualTo(Unavailable.INSTANCE);
      if (System.nanoTime() - asked < TimeUnit.SECONDS.toNanos(1)) {
        atOnce++;
      }
    }
    assertThat(atOnce).as("of 50 answered at once").isGreaterThan(40);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));

    signal("CONT");
    eventually("ready", this::ready);
    eventually("found", () -> node.verifier().verify(unseen.token()) instanceof Grant);
    eventually("found again", () -> node.verifier().verify(known.token()) instanceof Grant);
  }

  private boolean ready() {
    return Check.all(node.checks()) == Check.Status.UP;
  }

  private EmbeddedPostgres started(int port) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            // Off by default here: then a kill takes what was just committed.
            .setServerConfig("synchronous_commit", "on")
            .setPGStartupWait(Duration.ofMinutes(1));
    return (port == 0 ? builder : builder.setPort(port)).start();
  }

  private List<ProcessHandle> processes() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    return ProcessHandle.of(pid).stream()
        .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
        .toList();
  }

  private void signal(String name) throws IOException {
    // Twice, for what the first of them has started before it got the signal.
    for (int i = 0; i < 2; i++) {
      List<String> words = new ArrayList<>(List.of("kill", "-" + name));
      processes().forEach(each -> words.add(String.valueOf(each.pid())));
      new ProcessBuilder(words).redirectErrorStream(true).start().onExit().join();
    }
  }

  private MintedToken foreign() {
    return format.mint("lk", new TagKeys(List.of(new byte[] {2})));
  }

  private MintedToken issue() {
    MintedToken minted = format.mint("lk", new TagKeys(List.of(tagKey)));
    database.transact(
        em -> {
          em.persist(new AccessToken(minted, "tp1", null, List.of(), CREATED, "admin", null));
          return null;
        });
    return minted;
  }

  private void deactivate(MintedToken token) {
    database.transact(
        em -> {
          em.find(AccessToken.class, token.id()).deactivate(CREATED);
          feed.append(em, Change.ofToken(token.id()));
          return null;
        });
  }

  private static void eventually(String what, BooleanSupplier holds) {
    Waiting.until(Duration.ofSeconds(60), holds);
    assertThat(holds.getAsBoolean()).as(what).isTrue();
  }
}
