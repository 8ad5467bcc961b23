package dev.latchkey.core.administer;

import dev.latchkey.core.store.Database;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who did what when, newest first, as a chain that shows when somebody tampers with it. */
public final class AuditTrail {

  private static final int BATCH = 1000;
  private static final int MOST_SEEN = 500;

  private final Database database;
  private final Clock clock;
  private final AuditKeys keys;
  private final AuditCheckpoint checkpoint;

  // The last events that this process has committed or verified, by their numbers: what stands in
  // the database may have been cut off since, and the numbers given to others.
  private final ConcurrentSkipListMap<Long, AuditAnchor> seen = new ConcurrentSkipListMap<>();

  AuditTrail(Database database, Clock clock, AuditKeys keys, AuditCheckpoint checkpoint) {
    this.database = database;
    this.clock = clock;
    this.keys = keys;
    this.checkpoint = checkpoint;
  }

  /** Events, newest first. */
  public Page<AuditEventView> list(AuditFilter filter, PageRequest page) {
    Criteria criteria =
        new Criteria()
            .and("e.thirdPartyId = :thirdParty", "thirdParty", filter.thirdPartyId())
            .and("e.actor = :actor", "actor", filter.actor())
            .and("e.at >= :from", "from", filter.from())
            .and("e.at < :to", "to", filter.to())
            .and("e.seq < :behind", "behind", seqOf(page.position()));
    List<AuditEvent> events =
        database.read(
            em ->
                criteria.list(
                    em,
                    "select e from AuditEvent e",
                    "e.seq desc",
                    AuditEvent.class,
                    page.limit() + 1));
    return page.page(events, event -> Long.toString(event.seq()), AuditEvent::view);
  }

  /**
   * Adds an event to em's transaction. Call it last: from here to the commit nobody else can.
   *
   * @param detail what was before and what is after; never a secret
   * @return the event, for {@link #committed} after the commit
   */
  public AuditAnchor record(
      EntityManager em,
      Actor actor,
      String action,
      @Nullable String thirdPartyId,
      @Nullable String tokenId,
      Map<String, ? extends @Nullable Object> detail) {
    em.flush();
    AuditHead head = em.find(AuditHead.class, AuditHead.ONLY, LockModeType.PESSIMISTIC_WRITE);
    // It may have been read before, and a plain read may show an old snapshot of it.
    em.refresh(head, LockModeType.PESSIMISTIC_WRITE);
    AuditEvent event =
        new AuditEvent(
            head,
            keys,
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            actor,
            action,
            thirdPartyId,
            tokenId,
            JsonText.of(detail));
    em.persist(event);
    head.moveTo(event);
    em.flush();
    return anchor(event);
  }

  /** Remembers an event whose transaction was committed. */
  public void committed(AuditAnchor event) {
    seen.putIfAbsent(event.seq(), event);
    while (seen.size() > MOST_SEEN) {
      seen.pollFirstEntry();
    }
  }

  private static AuditAnchor anchor(AuditEvent event) {
    return new AuditAnchor(event.seq(), HexFormat.of().formatHex(event.hash()));
  }

  /**
   * Walks the whole chain, and compares it with what this node has noted in its home folder.
   *
   * @param anchor what was noted elsewhere; null for nothing
   */
  public AuditVerification verify(@Nullable AuditAnchor anchor) {
    List<AuditAnchor> anchors = new ArrayList<>(checkpoint.kept());
    if (anchor != null) {
      anchors.add(anchor);
    }
    anchors.addAll(seen.values());
    AuditHead head = database.read(em -> em.find(AuditHead.class, AuditHead.ONLY));
    Walk walk = new Walk(keys, anchors);
    boolean more = true;
    while (more) {
      List<AuditEvent> batch = database.read(em -> behind(em, walk.seq));
      for (AuditEvent event : batch) {
        if (!walk.passes(event)) {
          return walk.found();
        }
      }
      more = !batch.isEmpty();
    }
    // An event may have been added since the head was read, but none may be missing.
    AuditHead now = database.read(em -> em.find(AuditHead.class, AuditHead.ONLY));
    walk.ends(head, now);
    AuditVerification found = walk.found();
    if (found.unbroken() && found.seq() > 0) {
      committed(new AuditAnchor(found.seq(), found.hash()));
      note();
    }
    return found;
  }

  private static List<AuditEvent> behind(EntityManager em, long seq) {
    return new Criteria()
        .and("e.seq > :from", "from", seq)
        .list(em, "select e from AuditEvent e", "e.seq", AuditEvent.class, BATCH);
  }

  /**
   * Notes in the home folder where the trail is, so that events which are cut off later are missed.
   *
   * @return where it is; empty when there is no event yet
   */
  Optional<AuditAnchor> note() {
    AuditEvent last = database.read(AuditTrail::last);
    if (last == null) {
      return Optional.empty();
    }
    AuditAnchor end = anchor(last);
    List<AuditAnchor> kept = checkpoint.kept();
    // A trail that is shorter than it was is not noted: the next verification shall tell.
    if (kept.isEmpty() || kept.get(kept.size() - 1).seq() < end.seq()) {
      AuditAnchor first = kept.isEmpty() ? firstAuthenticated() : kept.get(0);
      checkpoint.keep(first == null ? List.of(end) : List.of(first, end));
    }
    return Optional.of(end);
  }

  private @Nullable AuditAnchor firstAuthenticated() {
    AuditEvent first =
        database.read(
            em ->
                em
                    .createQuery(
                        "select e from AuditEvent e where e.keyId is not null order by e.seq",
                        AuditEvent.class)
                    .setMaxResults(1)
                    .getResultList()
                    .stream()
                    .findFirst()
                    .orElse(null));
    return first == null ? null : anchor(first);
  }

  /** The id of the key of the last event, when it is not one of this node's; else empty. */
  Optional<String> unknownKey() {
    AuditEvent last = database.read(AuditTrail::last);
    return Optional.ofNullable(last).map(AuditEvent::keyId).filter(id -> !keys.has(id));
  }

  private static @Nullable AuditEvent last(EntityManager em) {
    return em
        .createQuery("select e from AuditEvent e order by e.seq desc", AuditEvent.class)
        .setMaxResults(1)
        .getResultList()
        .stream()
        .findFirst()
        .orElse(null);
  }

  /** A walk along the chain from its beginning. */
  private static final class Walk {

    private final AuditKeys keys;
    private final Map<Long, List<AuditAnchor>> anchors;
    private long seq;
    private byte[] hash = new byte[32];
    private @Nullable Long authenticatedFrom;
    private @Nullable Long broken;
    private @Nullable String reason;

    Walk(AuditKeys keys, List<AuditAnchor> anchors) {
      this.keys = keys;
      this.anchors = anchors.stream().collect(Collectors.groupingBy(AuditAnchor::seq));
    }

    /** Goes on to an event; whether it is as it was written. */
    boolean passes(AuditEvent event) {
      String key = event.keyId();
      if (key != null && !keys.has(key)) {
        return isBroken(
            "the event was authenticated with a key that this node does not have (key id "
                + key
                + ")");
      }
      if (key == null && authenticatedFrom != null) {
        return isBroken("the event is not authenticated, but one before it is");
      }
      if (!event.follows(seq, hash, keys)) {
        return isBroken("the event is missing or not as it was written");
      }
      if (!anchors.getOrDefault(event.seq(), List.of()).stream()
          .allMatch(anchor -> anchor.is(event))) {
        return isBroken("the event is not the one that was noted outside of the database");
      }
      if (key != null && authenticatedFrom == null) {
        authenticatedFrom = event.seq();
      }
      seq = event.seq();
      hash = event.hash();
      return true;
    }

    private boolean isBroken(String why) {
      broken = seq + 1;
      reason = why;
      return false;
    }

    /** Compares the end with the head, as it was read before and after the walk. */
    void ends(AuditHead before, AuditHead after) {
      if (seq < before.seq()) {
        isBroken("the event is missing");
      } else if (seq > after.seq()) {
        broken = after.seq() + 1;
        reason = "the event stands behind the end of the trail";
      } else if (seq == after.seq() && !Arrays.equals(hash, after.hash())) {
        broken = seq;
        reason = "the event is not the one that the end of the trail names";
      } else if (anchors.keySet().stream().anyMatch(noted -> noted > seq)) {
        isBroken("events were cut off: later ones were noted outside of the database");
      }
    }

    AuditVerification found() {
      return new AuditVerification(
          broken, reason, seq, HexFormat.of().formatHex(hash), authenticatedFrom);
    }
  }

  private static @Nullable Long seqOf(@Nullable String position) {
    return position == null ? null : PageRequest.number(position);
  }
}
