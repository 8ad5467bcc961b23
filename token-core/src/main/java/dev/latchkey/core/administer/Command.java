package dev.latchkey.core.administer;

import dev.latchkey.core.feed.Change;
import dev.latchkey.core.feed.ChangeFeed;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command under way: one transaction. What it has changed and what is to be remembered of it is
 * noted here and written at its end, because the two locks that this needs come last. Not
 * thread-safe.
 */
public final class Command {

  private final EntityManager em;
  private final Actor actor;
  private final Instant now;
  private final List<Change> changes = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  Command(EntityManager em, Actor actor, Instant now) {
    this.em = em;
    this.actor = actor;
    this.now = now;
  }

  /** The transaction. */
  public EntityManager em() {
    return em;
  }

  public Actor actor() {
    return actor;
  }

  /** The time of the command, to the millisecond. */
  public Instant now() {
    return now;
  }

  /** Notes that earlier answers must not be used. */
  public void changed(Change change) {
    changes.add(change);
  }

  /**
   * Notes what was done, for the audit trail.
   *
   * @param detail what was before and what is after; never a secret
   */
  public void did(
      String action,
      @Nullable String thirdPartyId,
      @Nullable String tokenId,
      Map<String, ? extends @Nullable Object> detail) {
    events.add(new Event(action, thirdPartyId, tokenId, detail));
  }

  /** Writes what was noted; answers the last event of it, null for none. */
  @Nullable AuditAnchor finish(ChangeFeed feed, AuditTrail audit) {
    changes.forEach(change -> feed.append(em, change));
    AuditAnchor last = null;
    for (Event event : events) {
      last = audit.record(em, actor, event.action, event.thirdPartyId, event.tokenId, event.detail);
    }
    return last;
  }

  /** Whether earlier answers must not be used. */
  boolean invalidates() {
    return !changes.isEmpty();
  }

  /**
   * What an earlier request with this key has created; null when there was none.
   *
   * @throws IdempotencyMismatchException when that was another request
   */
  @Nullable IdempotencyRow earlier(@Nullable IdempotencyKey key) {
    if (key == null) {
      return null;
    }
    IdempotencyRow row = em.find(IdempotencyRow.class, id(key));
    if (row != null && !row.isFor(key.request())) {
      throw new IdempotencyMismatchException(
          "this Idempotency-Key was used before, for another request: use a new key");
    }
    return row;
  }

  /** Remembers what the request with this key has created. */
  void remember(@Nullable IdempotencyKey key, String thirdPartyId, String resourceId) {
    if (key != null) {
      em.persist(new IdempotencyRow(id(key), key.request(), thirdPartyId, resourceId, now));
    }
  }

  private IdempotencyRow.Id id(IdempotencyKey key) {
    return new IdempotencyRow.Id(actor.name(), key.key());
  }

  private record Event(
      String action,
      @Nullable String thirdPartyId,
      @Nullable String tokenId,
      Map<String, ? extends @Nullable Object> detail) {}
}
