package dev.latchkey.core.administer;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.HomeFolder;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.token.TokenFormat;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that an admin's side needs, put together and taken apart again. Thread-safe. */
public final class Administration implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Administration.class.getName());

  private final Database database;
  private final Commands commands;
  private final AuditTrail audit;
  private final ThirdPartyAdministration thirdParties;
  private final TokenIssuer issuer;
  private final TokenAdministration tokens;
  private final Handovers handovers;
  private final AccessCheck accessCheck;
  private final Statistics statistics;
  private final Housekeeping housekeeping;

  private Administration(
      Database database,
      AuditTrail audit,
      Settings settings,
      Clock clock,
      SecureRandom random,
      @Nullable HomeFolder home) {
    ChangeFeed feed = new ChangeFeed(clock);
    String prefix = settings.get(Key.TOKEN_PREFIX);
    this.database = database;
    this.audit = audit;
    this.commands = new Commands(database, feed, audit, clock);
    this.thirdParties = new ThirdPartyAdministration(commands, random, prefix);
    this.issuer = new TokenIssuer(new TokenFormat(random), prefix);
    this.tokens = new TokenAdministration(commands, issuer, settings.get(Key.TOKEN_LIFETIME));
    this.handovers = new Handovers(commands, thirdParties, tokens, random);
    this.accessCheck = new AccessCheck(commands);
    this.statistics = new Statistics(database, clock);
    this.housekeeping = new Housekeeping(database, feed, audit, home, clock);
  }

  /**
   * Opens the database that the settings name, brings its tables up to date and makes the rows that
   * every installation has.
   *
   * @param moreEntities classes of the caller's own that are mapped to tables
   * @throws StoreUnavailableException when it can't be used yet; a later call may succeed
   */
  public static Administration open(
      Settings settings,
      ServerDataSource server,
      Clock clock,
      SecureRandom random,
      Collection<? extends Class<?>> moreEntities) {
    List<Class<?>> entities = new ArrayList<>(JpaModel.entities());
    entities.addAll(
        List.of(AuditEvent.class, AuditHead.class, Handover.class, IdempotencyRow.class));
    entities.addAll(moreEntities);
    Database database = Database.migrate(settings, server, entities);
    try {
      Installation.ensure(database, clock, random);
      NameKeys.renew(database);
      HomeFolder home = home(settings);
      AuditTrail audit =
          new AuditTrail(
              database,
              clock,
              AuditKeys.of(settings, () -> HomeFolder.opened(settings), random),
              new AuditCheckpoint(home));
      audit.unknownKey().ifPresent(Administration::warnOfKey);
      Administration administration =
          new Administration(database, audit, settings, clock, random, home);
      administration.housekeeping.start();
      return administration;
    } catch (RuntimeException | Error notYet) {
      database.close();
      throw notYet;
    }
  }

  // It may be missing where the database is elsewhere and the key of the audit trail is configured.
  private static @Nullable HomeFolder home(Settings settings) {
    try {
      return HomeFolder.opened(settings);
    } catch (StoreUnavailableException notThere) {
      LOG.log(Level.WARNING, "no checkpoint of the audit trail is kept: " + notThere.getMessage());
      return null;
    }
  }

  private static void warnOfKey(String id) {
    LOG.log(
        Level.WARNING,
        "the last audit event was authenticated with another key (key id "
            + id
            + ") than this node has. All admin nodes of a database need the same key: set "
            + Key.AUDIT_KEY
            + " on each, and add older keys behind a comma, so that their events can be"
            + " verified");
  }

  public Database database() {
    return database;
  }

  /** For commands on entities of the caller's own. */
  public Commands commands() {
    return commands;
  }

  /** For tokens that no admin issues. */
  public TokenIssuer issuer() {
    return issuer;
  }

  public ThirdPartyAdministration thirdParties() {
    return thirdParties;
  }

  public TokenAdministration tokens() {
    return tokens;
  }

  public Handovers handovers() {
    return handovers;
  }

  public Statistics statistics() {
    return statistics;
  }

  public AccessCheck accessCheck() {
    return accessCheck;
  }

  public AuditTrail audit() {
    return audit;
  }

  /** Calls {@code wake} after each commit that makes earlier answers unusable. */
  public void onChange(Runnable wake) {
    commands.onChange(wake);
  }

  /** Stops the threads and closes the database. */
  @Override
  public void close() {
    try (database;
        housekeeping) {
      // closed in the reverse order
    }
  }
}
