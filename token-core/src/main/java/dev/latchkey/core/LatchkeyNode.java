package dev.latchkey.core;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.config.SourceKind;
import dev.latchkey.core.feed.Change;
import dev.latchkey.core.feed.FeedFollower;
import dev.latchkey.core.feed.FeedListener;
import dev.latchkey.core.feed.PostgresWakeUp;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.DatabaseKind;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.usage.UsageRecorder;
import dev.latchkey.core.verify.JdbcTokenSource;
import dev.latchkey.core.verify.JpaTokenSource;
import dev.latchkey.core.verify.TimeOfDay;
import dev.latchkey.core.verify.TokenSource;
import dev.latchkey.core.verify.TokenVerifier;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node: all that a process needs to check tokens, put together and taken apart again.
 * Thread-safe.
 */
public final class LatchkeyNode implements AutoCloseable {

  private final Runnable closesDatabase;
  private final UsageRecorder usage;
  private final TokenVerifier verifier;
  private final FeedFollower follower;
  private final @Nullable PostgresWakeUp wakeUp;
  private final NodeMetrics metrics;

  private LatchkeyNode(
      Runnable closesDatabase,
      UsageRecorder usage,
      TokenVerifier verifier,
      FeedFollower follower,
      @Nullable PostgresWakeUp wakeUp,
      NodeMetrics metrics) {
    this.closesDatabase = closesDatabase;
    this.usage = usage;
    this.verifier = verifier;
    this.follower = follower;
    this.wakeUp = wakeUp;
    this.metrics = metrics;
  }

  /**
   * Opens the database that the settings name and starts a node on it.
   *
   * @param server looked up by the same settings
   * @throws StoreUnavailableException when it can't be used yet; a later call may succeed
   */
  public static LatchkeyNode open(Settings settings, ServerDataSource server, Clock clock) {
    // First of all, as Caffeine may be missing: nobody would close the database.
    Ticker ticker = Ticker.systemTicker();
    // Whoever brings a clock of his own may set it at any time.
    TimeOfDay time =
        clock.equals(Clock.systemUTC())
            ? TimeOfDay.kept(clock, ticker)
            : TimeOfDay.looked(clock, ticker);
    return settings.get(Key.SOURCE) == SourceKind.JPA
        ? start(JpaModel.open(settings, server), settings, clock, ticker, time)
        : start(Connections.open(settings, server), settings, clock, ticker, time);
  }

  /**
   * Starts a node on a database, which is the node's from here on: it closes it, also when it can't
   * start. Looks tokens up in its model.
   *
   * @throws StoreUnavailableException when it can't be used yet; a later call may succeed
   */
  public static LatchkeyNode start(
      Database database, Settings settings, Clock clock, Ticker ticker) {
    return start(database, settings, clock, ticker, TimeOfDay.looked(clock, ticker));
  }

  /** The same on a database that was opened for plain JDBC. */
  public static LatchkeyNode start(
      Connections connections, Settings settings, Clock clock, Ticker ticker) {
    return start(connections, settings, clock, ticker, TimeOfDay.looked(clock, ticker));
  }

  private static LatchkeyNode start(
      Database database, Settings settings, Clock clock, Ticker ticker, TimeOfDay time) {
    return start(
        database.connections(),
        database::close,
        new JpaTokenSource(database),
        settings,
        clock,
        ticker,
        time);
  }

  private static LatchkeyNode start(
      Connections connections, Settings settings, Clock clock, Ticker ticker, TimeOfDay time) {
    return start(
        connections,
        connections::close,
        new JdbcTokenSource(connections),
        settings,
        clock,
        ticker,
        time);
  }

  private static LatchkeyNode start(
      Connections connections,
      Runnable closesDatabase,
      TokenSource source,
      Settings settings,
      Clock clock,
      Ticker ticker,
      TimeOfDay time) {
    try {
      // Before anything is read that a change makes old, so that no change falls between the two.
      long head = FeedFollower.head(connections);
      UsageRecorder usage = new UsageRecorder(connections, TokenFormat::idText, clock);
      TokenVerifier verifier =
          TokenVerifier.open(source, connections, usage, settings, clock, ticker, time);
      FeedFollower follower =
          FeedFollower.from(head, connections, new Forgetful(verifier), clock, ticker);
      usage.start(settings.get(Key.USAGE_FLUSH_INTERVAL));
      follower.start(settings.get(Key.FEED_POLL_INTERVAL));
      return new LatchkeyNode(
          closesDatabase,
          usage,
          verifier,
          follower,
          wakeUp(connections, follower, clock),
          new NodeMetrics(connections, usage, verifier, follower));
    } catch (RuntimeException | Error notYet) {
      // A missing class is an error, and is tried again as well: each time with another pool.
      closesDatabase.run();
      throw notYet;
    }
  }

  // Its driver may not be on the class path of whoever uses another database.
  private static @Nullable PostgresWakeUp wakeUp(
      Connections database, FeedFollower follower, Clock clock) {
    if (database.kind() != DatabaseKind.POSTGRESQL) {
      return null;
    }
    PostgresWakeUp wakeUp = new PostgresWakeUp(database, follower::wake, clock);
    wakeUp.start();
    return wakeUp;
  }

  public TokenVerifier verifier() {
    return verifier;
  }

  public UsageRecorder usage() {
    return usage;
  }

  public FeedFollower follower() {
    return follower;
  }

  /** What it has counted, and how it is. */
  public NodeMetrics metrics() {
    return metrics;
  }

  /**
   * Whether tokens that are not in memory can be checked, changes are seen, and the clock goes
   * right. Asks nobody, so it answers at once.
   */
  public List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(Check.needed("feed", follower.trouble()));
    checks.add(Check.needed("tokens", verifier.failing() ? "tokens can't be looked up" : null));
    checks.add(Check.minor("clock", follower.clockTrouble()));
    checks.add(Check.minor("usage", usage.trouble()));
    if (wakeUp != null) {
      checks.add(Check.minor("notify", wakeUp.trouble()));
    }
    return List.copyOf(checks);
  }

  /** Stops the threads, writes down the uses counted, and closes the database. */
  @Override
  public void close() {
    try (usage;
        verifier;
        follower;
        wakeUp) {
      // closed in the reverse order
    } finally {
      closesDatabase.run();
    }
  }

  private record Forgetful(TokenVerifier verifier) implements FeedListener {

    @Override
    public void changed(Change change) {
      switch (change.kind()) {
        case TOKEN -> verifier.forgetToken(change.subject());
        case THIRD_PARTY -> verifier.forgetThirdParty(change.subject());
        case TAG_KEYS -> verifier.reloadTagKeys();
      }
    }

    @Override
    public void anythingChanged() {
      verifier.forgetAll();
    }
  }
}
