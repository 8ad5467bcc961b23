package dev.latchkey.filter;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.NodeMetrics;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.ThirdPartyDraft;
import dev.latchkey.core.administer.TokenDraft;
import dev.latchkey.core.administer.TokenPatch;
import dev.latchkey.core.administer.TokenView;
import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.verify.TokenVerifier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real installation on an embedded database, one for all tests of a JVM, and verbs for it. */
final class Fixture {

  static final String DATABASE = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

  private static final Actor ADMIN = new Actor("admin", "127.0.0.1", true);
  private static final AtomicInteger NAMES = new AtomicInteger();

  static final Fixture INSTALLATION = new Fixture();

  final MovedClock clock = new MovedClock();
  private final Administration administration;
  private final LatchkeyNode node;

  private Fixture() {
    Settings settings = settings(Map.of());
    administration =
        Administration.open(
            settings, ServerDataSource.lookedUp(settings), clock, new SecureRandom(), List.of());
    node = LatchkeyNode.start(administration.database(), settings, clock, Ticker.systemTicker());
  }

  static Settings settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("latchkey.jdbc.url", DATABASE);
    return Settings.read(Map.of(), settings, Map.of(), Map.of());
  }

  TokenVerifier verifier() {
    return node.verifier();
  }

  NodeMetrics metrics() {
    return node.metrics();
  }

  /** A third party with these scopes, from these networks; answers its id. */
  String registers(List<String> scopes, List<String> networks) {
    return administration
        .thirdParties()
        .create(
            ADMIN,
            new ThirdPartyDraft(
                "Größe & Co %" + NAMES.incrementAndGet(),
                Authorization.MANUAL,
                null,
                null,
                null,
                scopes,
                networks,
                true),
            null)
        .resource()
        .id();
  }

  /** A token with these scopes. */
  Issued issues(String... scopes) {
    return issues(registers(List.of(scopes), List.of()), null);
  }

  Issued issues(String thirdParty, @Nullable Duration lifetime) {
    return issued(
        thirdParty,
        new TokenDraft(
            null, lifetime == null ? null : Lifetime.parse(lifetime.toString()), null, null));
  }

  /** A token with these scopes that is bound to a client certificate. */
  Issued issuesBoundTo(CertificateThumbprint certificate, String... scopes) {
    return issued(
        registers(List.of(scopes), List.of()), new TokenDraft(null, null, null, null, certificate));
  }

  private Issued issued(String thirdParty, TokenDraft draft) {
    Created<TokenView> created = administration.tokens().create(ADMIN, thirdParty, draft, null);
    return new Issued(
        thirdParty, created.resource().id(), Objects.requireNonNull(created.secret()));
  }

  void deactivates(Issued token) {
    administration
        .tokens()
        .change(ADMIN, token.thirdParty, token.id, null, new TokenPatch(false, null));
    node.verifier().forgetToken(token.id);
  }

  long uses(Issued token) {
    node.usage().flush();
    return administration.tokens().get(token.thirdParty, token.id).useCount();
  }

  @Nullable String lastUsedFrom(Issued token) {
    node.usage().flush();
    return administration.tokens().get(token.thirdParty, token.id).lastUsedFrom();
  }

  record Issued(String thirdParty, String id, String secret) {

    String header() {
      return "Bearer " + secret;
    }
  }

  static final class MovedClock extends Clock {

    // Near the real time, which a filter that opens its own database goes by.
    private volatile Instant now = Clock.systemUTC().instant();

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
