package dev.latchkey.core.feed;

import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * On PostgreSQL, wakes the follower when a change is committed anywhere (LISTEN and NOTIFY), over a
 * connection of its own that is opened again when it breaks. A notification says "look now" and
 * nothing else: when one is lost, the next poll finds the change. Thread-safe.
 */
public final class PostgresWakeUp implements AutoCloseable {

  private static final Logger LOG = System.getLogger(PostgresWakeUp.class.getName());
  private static final String CHANNEL = FeedReader.CHANNEL;

  // Short, so that closing never waits long; a wait that ends costs no round trip.
  private static final int WAIT_MILLIS = 250;
  private static final int WAITS_PER_SIGN_OF_LIFE = 40;
  private static final int WAITS_FOR_ITSELF = 12;
  private static final String DEAF =
      "notifications of PostgreSQL do not arrive, so changes are found by polling: a pooler such as"
          + " pgbouncer in transaction mode does not pass them on";
  private static final int SIGN_OF_LIFE_SECONDS = 5;

  private final Connections database;
  private final Runnable wake;
  private final OutageLog outage;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Threads.daemon("latchkey-wake-up"));
  private volatile boolean closed;
  private volatile boolean deaf;

  /** A wake-up that sleeps until it is started. */
  public PostgresWakeUp(Connections database, Runnable wake, Clock clock) {
    this.database = database;
    this.wake = wake;
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "changes are not notified; they are found by polling",
            "changes are notified again");
  }

  /** Listens from now on. */
  public void start() {
    thread.scheduleWithFixedDelay(this::listen, 0, 1, TimeUnit.SECONDS);
  }

  /** Whether changes are not notified at the moment. */
  public boolean failing() {
    return outage.failing();
  }

  /** Why changes are not notified, in one line for an operator; null when they are. */
  public @Nullable String trouble() {
    if (deaf) {
      return DEAF;
    }
    return outage.failing() ? "changes are not notified; they are found by polling" : null;
  }

  private void listen() {
    try {
      database.<Boolean>ask(this::listenedOn);
    } catch (RuntimeException | Error broken) {
      if (!closed) {
        outage.failed(broken);
      }
    }
  }

  /** Whether it went well to the end. */
  private boolean listenedOn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(SIGN_OF_LIFE_SECONDS);
      PGConnection postgres = connection.unwrap(PGConnection.class);
      statement.execute("listen " + CHANNEL);
      // What was committed before we listened is announced no more.
      wake.run();
      tellWhetherDeaf(!hearsItself(postgres));
      while (!closed) {
        outage.worked();
        await(postgres);
        statement.execute("select 1");
      }
      statement.execute("unlisten " + CHANNEL);
      return true;
    }
  }

  // A pooler may give the session that listens to somebody else.
  private boolean hearsItself(PGConnection postgres) throws SQLException {
    database.<Boolean>ask(
        another -> {
          try (Statement statement = another.createStatement()) {
            return statement.execute("select pg_notify('" + CHANNEL + "', '')");
          }
        });
    for (int i = 0; i < WAITS_FOR_ITSELF && !closed; i++) {
      PGNotification[] heard = postgres.getNotifications(WAIT_MILLIS);
      if (heard != null && heard.length > 0) {
        return true;
      }
    }
    return closed;
  }

  private void tellWhetherDeaf(boolean now) {
    if (now && !deaf) {
      LOG.log(Level.WARNING, DEAF);
    }
    deaf = now;
  }

  private void await(PGConnection postgres) throws SQLException {
    for (int i = 0; i < WAITS_PER_SIGN_OF_LIFE && !closed; i++) {
      PGNotification[] changes = postgres.getNotifications(WAIT_MILLIS);
      if (changes != null && changes.length > 0) {
        wake.run();
      }
    }
  }

  /** Stops listening. */
  @Override
  public void close() {
    closed = true;
    Threads.end(thread);
  }
}
