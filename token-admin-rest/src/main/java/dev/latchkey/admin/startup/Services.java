package dev.latchkey.admin.startup;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.admission.Admission;
import dev.latchkey.admin.signin.Accounts;
import dev.latchkey.admin.signin.AdminSession;
import dev.latchkey.admin.signin.AdminUser;
import dev.latchkey.admin.signin.AdminUsers;
import dev.latchkey.admin.signin.FirstAdmin;
import dev.latchkey.admin.signin.SecondFactors;
import dev.latchkey.admin.signin.Sessions;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.oauth.AuthorizationCode;
import dev.latchkey.core.oauth.OAuthGrants;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.store.StoreUnavailableException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What runs once the database is there. Thread-safe. */
public final class Services implements AutoCloseable {

  private static final int STRANGERS_AT_ONCE = 2;
  private static final int STRANGERS_WAITING = 8;
  private static final int SHARE_OF_ONE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Administration administration;
  private final LatchkeyNode node;
  private final AdminUsers users;
  private final Sessions sessions;
  private final Accounts accounts;
  private final SecondFactors secondFactors;
  private final OAuthGrants grants;

  // Opening a link takes the database's time, and anybody may ask for it.
  private final Admission strangers =
      new Admission(STRANGERS_AT_ONCE, STRANGERS_WAITING, SHARE_OF_ONE, PATIENCE);

  private Services(
      Administration administration,
      LatchkeyNode node,
      Settings settings,
      Clock clock,
      SecureRandom random) {
    this.administration = administration;
    this.node = node;
    this.users =
        new AdminUsers(
            administration.database(),
            administration.audit(),
            random,
            clock,
            Ticker.systemTicker());
    this.sessions = new Sessions(administration.commands(), random);
    this.accounts = new Accounts(administration.commands(), random, settings.get(Key.HOME));
    this.secondFactors = new SecondFactors(administration.commands(), random);
    this.grants =
        new OAuthGrants(
            administration.commands(),
            administration.issuer(),
            settings.get(Key.OAUTH_TOKEN_LIFETIME));
  }

  /**
   * Opens the database, makes what every installation has, and starts a node.
   *
   * @throws StoreUnavailableException when that is not possible yet
   */
  static Services open(
      Settings settings, ServerDataSource server, Clock clock, SecureRandom random) {
    Ticker ticker = Ticker.systemTicker();
    Administration administration =
        Administration.open(
            settings,
            server,
            clock,
            random,
            List.of(AdminSession.class, AdminUser.class, AuthorizationCode.class));
    try {
      FirstAdmin.ensure(administration.database(), settings, clock, random);
      LatchkeyNode node = LatchkeyNode.start(administration.database(), settings, clock, ticker);
      administration.onChange(node.follower()::wake);
      return new Services(administration, node, settings, clock, random);
    } catch (RuntimeException | Error notYet) {
      administration.close();
      throw notYet;
    }
  }

  /** The services by their types. */
  Map<Class<?>, Object> byType() {
    return Map.of(
        Administration.class, administration,
        LatchkeyNode.class, node,
        AdminUsers.class, users,
        Sessions.class, sessions,
        Accounts.class, accounts,
        SecondFactors.class, secondFactors,
        OAuthGrants.class, grants,
        Admission.class, strangers);
  }

  /** What checks tokens. */
  public LatchkeyNode node() {
    return node;
  }

  /** Stops the threads and closes the database. */
  @Override
  public void close() {
    try (node;
        administration) {
      // closed in the reverse order
    }
  }
}
