package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.feed.Change;
import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.testing.Waiting;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.usage.Refusal;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.usage.TokenUsage;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.JdbcTokenSource;
import dev.latchkey.core.verify.JpaTokenSource;
import dev.latchkey.core.verify.TokenSource;
import dev.latchkey.core.verify.Verdict;
import dev.latchkey.core.verify.Verdict.Refused;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class LatchkeyNodeTest {

  private static final Instant NOON = Instant.parse("2026-03-29T01:30:00Z");

  private final Settings settings;
  private final byte[] tagKey = {1, 2, 3};
  private final TagKeys keys = new TagKeys(List.of(tagKey));
  private final TokenFormat format = new TokenFormat(new SecureRandom());
  private final MovedClock clock = new MovedClock(NOON);
  private @Nullable Database database;

  LatchkeyNodeTest(Server server) {
    // Hours: what is seen to happen must not come from a poll that happens by itself.
    settings =
        server.settings(
            "latchkey.feed.poll-interval", "PT10H", "latchkey.usage.flush-interval", "PT10H");
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  @Test
  @DisplayName("an application without tables is told what to do, and not before they are there")
  void saysWhatToDoWhenThereAreNoTables() {
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("has no tables of Latchkey: start the admin WAR");
  }

  @Test
  @DisplayName("what the driver says of hosts and users is not in a message that anybody may read")
  void tellsNoHostsWhenTheDatabaseDoesNotAnswer() {
    Settings nobodyThere =
        Settings.read(
            Map.of(),
            Map.of("latchkey.jdbc.url", "jdbc:postgresql://127.0.0.1:1/secret-name"),
            Map.of(),
            Map.of());
    ServerDataSource none = ServerDataSource.lookedUp(nobodyThere);
    assertThatThrownBy(() -> LatchkeyNode.open(nobodyThere, none, clock))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the database does not answer");
    assertThatThrownBy(() -> Database.migrate(nobodyThere, none, JpaModel.entities()))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the database does not answer");
  }

  @Test
  void saysWhatToDoWhenThereIsNoTagKey() {
    migrated();
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("has no tag key yet: start the admin WAR");
  }

  @Test
  void saysWhatToDoWhenTheTablesAreOld() {
    migrated()
        .transact(em -> em.createNativeQuery("update schema_info set version = 0").executeUpdate());
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("of version 0, this code needs 11: start the new admin WAR");
  }

  @Test
  @DisplayName("a newer database serves an older filter, so that nodes can be updated in turn")
  void worksWithNewerTables() {
    installed();
    database()
        .transact(
            em -> em.createNativeQuery("update schema_info set version = 1000").executeUpdate());
    try (LatchkeyNode node = open()) {
      assertThat(node.verifier().failing()).isFalse();
    }
  }

  @Test
  @DisplayName("RFC 8705 §3: a bound token may be used with its certificate alone")
  void grantsWithTheCertificateThatIsStored() {
    installed();
    CertificateThumbprint certificate = CertificateThumbprint.parse("ab".repeat(32));
    MintedToken bound = format.mint("lk", keys);
    database()
        .transact(
            em -> {
              em.persist(
                  new AccessToken(
                      bound, "tp1", null, List.of(), NOON, "admin", null, null, certificate));
              return null;
            });
    MintedToken unbound = issue("a", null);
    try (LatchkeyNode node = open()) {
      Grant grant = (Grant) node.verifier().verify(bound.token());
      assertThat(grant.bound()).isTrue();
      assertThat(grant.usableWith(certificate)).isTrue();
      assertThat(grant.usableWith(CertificateThumbprint.parse("ac".repeat(32)))).isFalse();
      assertThat(grant.usableWith(null)).isFalse();
      Grant free = (Grant) node.verifier().verify(unbound.token());
      assertThat(free.bound()).isFalse();
      assertThat(free.usableWith(null)).isTrue();
      assertThat(free.usableWith(certificate)).isTrue();
    }
  }

  @Test
  void grantsWhatIsStored() {
    installed();
    MintedToken token = issue("a b x", NOON.plusMillis(5));
    try (LatchkeyNode node = open()) {
      assertThat(node.verifier().verify(token.token()))
          .isInstanceOfSatisfying(
              Grant.class,
              grant -> {
                assertThat(grant.tokenId()).isEqualTo(token.id());
                assertThat(grant.clientId()).isEqualTo("tp1");
                assertThat(grant.name()).isEqualTo("Express");
                // x is no longer the third party's
                assertThat(grant.scopes()).containsExactlyInAnyOrder("a", "b");
                assertThat(grant.from("10.0.0.1")).isTrue();
                assertThat(grant.from("11.0.0.1")).isFalse();
              });
      clock.set(NOON.plusMillis(4));
      assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
      clock.set(NOON.plusMillis(5));
      assertThat(node.verifier().verify(token.token())).isEqualTo(Refused.EXPIRED);
    }
  }

  @Test
  @DisplayName("django-oauth-toolkit#1291 expiry is not shifted by the zone of the machine")
  void zonesShiftNothing() {
    TimeZone zone = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
    try {
      // In the hour that Berlin skips.
      installed();
      MintedToken token = issue("a", NOON.plusMillis(1));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
      try (LatchkeyNode node = open()) {
        assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
        clock.set(NOON.plusMillis(1));
        assertThat(node.verifier().verify(token.token())).isEqualTo(Refused.EXPIRED);
      }
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  @DisplayName("a node checks tokens and sees changes without entities")
  void needsNoEntitiesToCheck() {
    installed();
    MintedToken token = issue("a", null);
    Connections connections = Connections.open(settings, ServerDataSource.lookedUp(settings));
    try (LatchkeyNode node =
        LatchkeyNode.start(connections, settings, clock, Ticker.systemTicker())) {
      assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
      changeToken(token, changed -> changed.deactivate(NOON));
      database()
          .transact(
              em -> {
                new ChangeFeed(clock).append(em, Change.ofToken(token.id()));
                return null;
              });
      awaitVerdict(node, token, Refused.DEACTIVATED);
    }
  }

  @Test
  @DisplayName("both sources find the same of a token in every state")
  void findsTheSameInTheModelAndByTheStatement() {
    installed();
    MintedToken active = issue("a b", NOON.plusSeconds(60).plusMillis(1));
    MintedToken endless = issue("a", null);
    MintedToken expired = issue("b", NOON.minusMillis(1));
    MintedToken off = issue("a", null);
    changeToken(off, token -> token.deactivate(NOON.plusMillis(7)));
    MintedToken leaked = issue("a", null);
    changeToken(leaked, token -> token.reportLeaked(NOON));
    MintedToken unknown = format.mint("lk", keys);
    MintedToken bound = issueBound();

    for (boolean enabled : new boolean[] {true, false}) {
      thirdParty(party -> party.enabled(enabled));
      for (MintedToken token : List.of(active, endless, expired, off, leaked, bound)) {
        assertThat(storedByJpa(token))
            .isNotNull()
            .usingRecursiveComparison()
            .isEqualTo(storedByJdbc(token));
      }
    }
    assertThat(storedByJpa(unknown)).isNull();
    assertThat(storedByJdbc(unknown)).isNull();
  }

  private TokenSource.@Nullable Stored storedByJpa(MintedToken token) {
    return new JpaTokenSource(database()).find(token.id());
  }

  private TokenSource.@Nullable Stored storedByJdbc(MintedToken token) {
    return new JdbcTokenSource(database().connections()).find(token.id());
  }

  @Test
  @DisplayName("latchkey.source=jpa gives the same verdicts")
  void checksByTheModelWhereThatIsChosen() {
    installed();
    Map<String, String> byTheModel = new HashMap<>();
    byTheModel.put("latchkey.source", "jpa");
    byTheModel.put("latchkey.jdbc.url", settings.get(Key.JDBC_URL).orElseThrow());
    settings.get(Key.JDBC_USER).ifPresent(user -> byTheModel.put("latchkey.jdbc.user", user));
    Settings jpa = Settings.read(Map.of(), byTheModel, Map.of(), Map.of());
    MintedToken good = issue("a", null);
    MintedToken off = issue("a", null);
    changeToken(off, token -> token.deactivate(NOON));
    try (LatchkeyNode node = LatchkeyNode.open(jpa, ServerDataSource.lookedUp(jpa), clock)) {
      assertThat(node.verifier().verify(good.token())).isInstanceOf(Grant.class);
      assertThat(node.verifier().verify(off.token())).isEqualTo(Refused.DEACTIVATED);
    }
  }

  @Test
  void refusesWhatIsSwitchedOff() {
    installed();
    MintedToken off = issue("a", null);
    changeToken(off, token -> token.deactivate(NOON));
    MintedToken unknown = format.mint("lk", keys);
    try (LatchkeyNode node = open()) {
      assertThat(node.verifier().verify(off.token())).isEqualTo(Refused.DEACTIVATED);
      assertThat(node.verifier().verify(unknown.token())).isEqualTo(Refused.UNKNOWN);
      changeToken(off, AccessToken::activate);
      thirdParty(party -> party.enabled(false));
      node.verifier().forgetAll();
      assertThat(node.verifier().verify(off.token())).isEqualTo(Refused.THIRD_PARTY_DISABLED);
    }
  }

  @Test
  @DisplayName("a change in the feed is applied: a token, a third party, the tag keys")
  void followsTheFeed() {
    installed();
    MintedToken token = issue("a", null);
    ChangeFeed feed = new ChangeFeed(clock);
    try (LatchkeyNode node = open()) {
      assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);

      changeToken(token, row -> row.deactivate(NOON));
      assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
      append(feed, Change.ofToken(token.id()));
      awaitVerdict(node, token, Refused.DEACTIVATED);

      changeToken(token, AccessToken::activate);
      thirdParty(party -> party.enabled(false));
      append(feed, Change.ofThirdParty("tp1"));
      awaitVerdict(node, token, Refused.THIRD_PARTY_DISABLED);

      thirdParty(party -> party.enabled(true));
      append(feed, Change.ofThirdParty("tp1"));
      byte[] newKey = {9};
      MintedToken tagged = format.mint("lk", new TagKeys(List.of(newKey)));
      database()
          .transact(
              em -> {
                em.persist(new TagKeyRow(2, newKey, NOON));
                return null;
              });
      assertThat(node.verifier().verify(tagged.token())).isEqualTo(Refused.FOREIGN);
      append(feed, Change.ofTagKeys());
      awaitVerdict(node, tagged, Refused.UNKNOWN);
      assertThat(node.verifier().verify(token.token())).isInstanceOf(Grant.class);
    }
  }

  @Test
  @DisplayName("uses are counted per token and day, with the last time and address")
  void recordsUses() {
    installed();
    MintedToken token = issue("a", null);
    try (LatchkeyNode node = open()) {
      Grant grant = (Grant) node.verifier().verify(token.token());
      for (int i = 0; i < 3; i++) {
        grant.used(NOON.toEpochMilli() + i, "10.0.0.1");
      }
      node.usage().flush();
      // An entry read again counts with a counter of its own.
      node.verifier().forgetAll();
      Grant again = (Grant) node.verifier().verify(token.token());
      again.used(NOON.plusSeconds(10).toEpochMilli(), "10.0.0.2");
      grant.used(NOON.plusSeconds(5).toEpochMilli(), "10.0.0.3");
      node.usage().flush();
      again.used(NOON.plus(Duration.ofDays(1)).toEpochMilli(), "10.0.0.4");
    }
    List<TokenUsage> days =
        database()
            .read(
                em ->
                    em.createQuery("select u from TokenUsage u order by u.id.day", TokenUsage.class)
                        .getResultList());
    assertThat(days).hasSize(2);
    assertThat(days.get(0).tokenId()).isEqualTo(token.id());
    assertThat(days.get(0).day()).isEqualTo(LocalDate.parse("2026-03-29"));
    assertThat(days.get(0).uses()).isEqualTo(5);
    assertThat(days.get(0).lastUsedAt()).isEqualTo(NOON.plusSeconds(10));
    assertThat(days.get(0).lastUsedFrom()).isEqualTo("10.0.0.2");
    assertThat(days.get(1).uses()).isEqualTo(1);
    assertThat(days.get(1).lastUsedFrom()).isEqualTo("10.0.0.4");
  }

  @Test
  @DisplayName("refusals are counted per hour, reason and token; without a token that is there, so")
  void recordsRefusals() {
    installed();
    MintedToken off = issue("a", null);
    changeToken(off, token -> token.deactivate(NOON));
    MintedToken active = issue("a", null);
    try (LatchkeyNode node = open()) {
      node.verifier().verify(off.token());
      node.usage().flush();
      node.verifier().verify(off.token());
      node.verifier().verify(format.mint("lk", keys).token());
      node.verifier().verify(format.mint("lk", new TagKeys(List.of(new byte[] {7}))).token());
      Grant grant = (Grant) node.verifier().verify(active.token());
      node.verifier().refused(grant, RefusalReason.SCOPE);
      node.usage().flush();
      clock.pass(Duration.ofHours(1));
      node.verifier().verify(off.token());
    }
    List<Refusal> counted =
        database()
            .read(em -> em.createQuery("select r from Refusal r", Refusal.class).getResultList());
    assertThat(counted)
        .extracting(
            row ->
                row.id().hour()
                    + " "
                    + row.id().reason()
                    + " "
                    + row.id().tokenId()
                    + " "
                    + row.refusals())
        .containsExactlyInAnyOrder(
            "2026-03-29T01:00:00Z deactivated " + off.id() + " 2",
            "2026-03-29T02:00:00Z deactivated " + off.id() + " 1",
            "2026-03-29T01:00:00Z unknown  1",
            "2026-03-29T01:00:00Z foreign  1",
            "2026-03-29T01:00:00Z scope " + active.id() + " 1");
  }

  @Test
  @DisplayName("refusals that can't be written are written later")
  void keepsRefusalsDuringAnOutage() {
    installed();
    MintedToken foreign = format.mint("lk", new TagKeys(List.of(new byte[] {7})));
    try (LatchkeyNode node = open()) {
      node.verifier().verify(foreign.token());
      rename("refusal", "gone");
      node.usage().flush();
      node.verifier().verify(foreign.token());
      node.usage().flush();
      rename("gone", "refusal");
      node.usage().flush();
    }
    assertThat(
            database()
                .<Long>read(
                    em ->
                        em.createQuery("select sum(r.refusals) from Refusal r", Long.class)
                            .getSingleResult()))
        .isEqualTo(2);
  }

  @Test
  @DisplayName("an address that is none does not hold up the counts of others")
  void storesNoOddAddress() {
    installed();
    MintedToken token = issue("a", null);
    try (LatchkeyNode node = open()) {
      Grant grant = (Grant) node.verifier().verify(token.token());
      grant.used(NOON.toEpochMilli(), "x".repeat(5000) + "\u0000");
    }
    assertThat(
            database()
                .read(
                    em ->
                        em.createQuery("select u from TokenUsage u", TokenUsage.class)
                            .getSingleResult())
                .lastUsedFrom())
        .isEqualTo("unknown");
  }

  @Test
  @DisplayName("uses that can't be written are written later")
  void keepsUsesDuringAnOutage() {
    installed();
    MintedToken token = issue("a", null);
    try (LatchkeyNode node = open()) {
      Grant grant = (Grant) node.verifier().verify(token.token());
      grant.used(NOON.toEpochMilli(), "10.0.0.1");
      rename("token_usage", "gone");
      node.usage().flush();
      grant.used(NOON.toEpochMilli(), "10.0.0.1");
      node.usage().flush();
      rename("gone", "token_usage");
      node.usage().flush();
    }
    Long uses =
        database()
            .read(
                em ->
                    em.createQuery("select sum(u.uses) from TokenUsage u", Long.class)
                        .getSingleResult());
    assertThat(uses).isEqualTo(2);
  }

  private LatchkeyNode open() {
    return LatchkeyNode.open(settings, ServerDataSource.lookedUp(settings), clock);
  }

  private Database database() {
    Database there = database;
    assertThat(there).isNotNull();
    return there;
  }

  private Database migrated() {
    Database migrated =
        Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
    database = migrated;
    return migrated;
  }

  private void installed() {
    migrated()
        .transact(
            em -> {
              em.persist(new TagKeyRow(1, tagKey, NOON));
              ThirdParty party =
                  new ThirdParty(
                      "tp1", "Express", true, ThirdParty.Authorization.MANUAL, NOON, "admin");
              party.scopes(List.of("a", "b"));
              party.allowedNetworks(AllowedNetworks.of(List.of("10.0.0.0/8")));
              em.persist(party);
              return null;
            });
  }

  private MintedToken issue(String scopes, @Nullable Instant expiresAt) {
    MintedToken minted = format.mint("lk", keys);
    database()
        .transact(
            em -> {
              em.persist(
                  new AccessToken(
                      minted, "tp1", null, List.of(scopes.split(" ")), NOON, "admin", expiresAt));
              return null;
            });
    return minted;
  }

  private MintedToken issueBound() {
    MintedToken minted = format.mint("lk", keys);
    CertificateThumbprint certificate = CertificateThumbprint.parse("ab".repeat(32));
    database()
        .transact(
            em -> {
              em.persist(
                  new AccessToken(
                      minted, "tp1", null, List.of(), NOON, "admin", null, null, certificate));
              return null;
            });
    return minted;
  }

  private void changeToken(MintedToken token, Consumer<AccessToken> change) {
    database()
        .transact(
            em -> {
              change.accept(em.find(AccessToken.class, token.id()));
              return null;
            });
  }

  private void thirdParty(Consumer<ThirdParty> change) {
    database()
        .transact(
            em -> {
              change.accept(em.find(ThirdParty.class, "tp1"));
              return null;
            });
  }

  private void append(ChangeFeed feed, Change change) {
    database()
        .transact(
            em -> {
              feed.append(em, change);
              return null;
            });
  }

  private void rename(String table, String name) {
    database()
        .transact(
            em ->
                em.createNativeQuery("alter table " + table + " rename to " + name)
                    .executeUpdate());
  }

  private static void awaitVerdict(LatchkeyNode node, MintedToken token, Verdict expected) {
    node.follower().wake();
    Waiting.until(Duration.ofSeconds(10), () -> node.verifier().verify(token.token()) == expected);
    assertThat(node.verifier().verify(token.token())).isEqualTo(expected);
  }
}
