package dev.latchkey.core.administer;

import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Database;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Carries out commands, each in one transaction. Thread-safe. */
public final class Commands {

  private static final int TRIES = 30;
  // Who has waited for a lock in vain would wait as long again.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Database database;
  private final ChangeFeed feed;
  private final AuditTrail audit;
  private final Clock clock;
  private volatile Runnable onChange = () -> {};

  Commands(Database database, ChangeFeed feed, AuditTrail audit, Clock clock) {
    this.database = database;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  void onChange(Runnable wake) {
    onChange = wake;
  }

  /** The time, to the millisecond. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** What {@code query} answers, each of its statements on its own. */
  public <T> T read(Function<EntityManager, T> query) {
    return database.read(query);
  }

  /** Does what leaves no trace in the audit trail, in one transaction. */
  public void note(Consumer<EntityManager> work) {
    database.<Boolean>transact(
        em -> {
          work.accept(em);
          return true;
        });
  }

  /**
   * Carries out a command. When another one got in its way it is done again from the start, where
   * it sees what the other has done: a name that is taken, a version that is stale, a request that
   * was repeated.
   *
   * @param work may be called more than once
   * @throws PersistenceException when the database does not answer
   */
  public <T> T carryOut(Actor actor, Function<Command, T> work) {
    Instant end = now().plus(PATIENCE);
    for (int i = 1; ; i++) {
      try {
        return attempt(actor, work);
      } catch (PersistenceException failed) {
        if (i == TRIES || !Database.gotInTheWay(failed) || now().isAfter(end)) {
          throw failed;
        }
      }
    }
  }

  private <T> T attempt(Actor actor, Function<Command, T> work) {
    Outcome<T> outcome =
        database.transact(
            em -> {
              Command command = new Command(em, actor, now());
              T result = work.apply(command);
              AuditAnchor event = command.finish(feed, audit);
              return new Outcome<>(result, event, command.invalidates());
            });
    if (outcome.event != null) {
      audit.committed(outcome.event);
    }
    if (outcome.invalidates) {
      onChange.run();
    }
    return outcome.result;
  }

  private record Outcome<T>(T result, @Nullable AuditAnchor event, boolean invalidates) {}
}
