package dev.latchkey.admin.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.admin.admission.Admission;
import dev.latchkey.admin.admission.CrowdedException;
import dev.latchkey.admin.admission.Fingerprint;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Commands;
import dev.latchkey.core.administer.NotFoundException;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.token.Base62;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The console's sessions: in the database, so that they hold on every node and over a restart. One
 * ends after half an hour without a request, after twelve hours, when its user signs out, changes
 * the password or is deleted. Thread-safe.
 */
public final class Sessions {

  private static final int ID_LENGTH = 12;

  // 43 digits of base62 are at least 256 bits.
  private static final int SECRET_LENGTH = 43;
  private static final int LONGEST_USER_AGENT = 200;

  /** How many sessions one person has at a time. */
  static final int MOST = 20;

  // A stranger's cookie costs a statement of the database until it is known to be nobody's.
  private static final int LOOKUPS = 2;
  private static final int WAITING = 8;
  private static final int SHARE = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_SEEN = 10_000;

  // Finer than this nobody looks, and a session that is used should not write at each request.
  private static final Duration RESOLUTION = Duration.ofMinutes(1);

  private final Commands commands;
  private final SecureRandom random;
  private final Admission strangers = new Admission(LOOKUPS, WAITING, SHARE, PATIENCE);

  // Cookies that were those of a session here, so that their requests wait behind no stranger's.
  private final Cache<Fingerprint, Boolean> seen =
      Caffeine.newBuilder().maximumSize(MOST_SEEN).executor(Runnable::run).build();

  /** The sessions in the database of these commands. */
  public Sessions(Commands commands, SecureRandom random) {
    this.commands = commands;
    this.random = random;
  }

  /**
   * A session that was just opened. Does not tell its cookie.
   *
   * @param cookie its secret
   */
  record Opened(OpenSession session, String cookie) {

    @Override
    public String toString() {
      return "Opened[" + session.id() + "]";
    }
  }

  /**
   * Opens a session for somebody who has signed in; nothing when the password that they have signed
   * in with is no longer theirs. Who has {@link #MOST} sessions loses the oldest.
   *
   * @param signedIn as they were when their password was looked at
   * @param before the cookie that the browser has from before, which ends; null for none
   */
  Optional<Opened> open(
      Actor user, AdminUser signedIn, @Nullable String userAgent, @Nullable String before) {
    String id = Base62.random(random, ID_LENGTH);
    String cookie = id + '.' + Base62.random(random, SECRET_LENGTH);
    return commands.carryOut(
        user,
        command -> {
          EntityManager em = command.em();
          Instant now = command.now();
          // Locked: a new password comes before this and is seen, or after it and ends the session.
          AdminUser present =
              em.find(AdminUser.class, signedIn.name(), LockModeType.PESSIMISTIC_WRITE);
          if (present == null
              || !present.name().equals(signedIn.name())
              || !present.hasPasswordOf(signedIn)
              || present.secondFactorOn() != signedIn.secondFactorOn()) {
            return Optional.empty();
          }
          em.createQuery(
                  "delete from AdminSession s where s.lastSeenAt < :idle or s.createdAt < :old")
              .setParameter("idle", now.minus(AdminSession.IDLE))
              .setParameter("old", now.minus(AdminSession.LONGEST))
              .executeUpdate();
          ofCookie(em, before).ifPresent(em::remove);
          em.flush();
          List<String> ended = endOldest(em, present.name());
          AdminSession session =
              new AdminSession(
                  id,
                  TokenHash.of(cookie),
                  present.name(),
                  now,
                  user.address(),
                  printable(userAgent));
          em.persist(session);
          command.did(
              "sign-in",
              null,
              null,
              ended.isEmpty() ? Map.of("session", id) : Map.of("session", id, "ended", ended));
          return Optional.of(new Opened(new Found(session, present).open(), cookie));
        });
  }

  /** Makes room for one more session of a user; answers the ids of those that end. */
  private static List<String> endOldest(EntityManager em, String user) {
    List<String> ended =
        em.createQuery(
                "select s.id from AdminSession s where s.user = :user"
                    + " order by s.createdAt desc, s.id",
                String.class)
            .setParameter("user", user)
            .setFirstResult(MOST - 1)
            .getResultList();
    if (!ended.isEmpty()) {
      em.createQuery("delete from AdminSession s where s.id in :ended")
          .setParameter("ended", ended)
          .executeUpdate();
    }
    return ended;
  }

  /**
   * The open session of a cookie; it was used now.
   *
   * @param address where the request came from
   * @throws CrowdedException when too many cookies that were never seen here are looked up at once
   */
  Optional<OpenSession> find(@Nullable String cookie, String address) {
    if (cookie == null || !isOne(cookie)) {
      return Optional.empty();
    }
    Fingerprint key = Fingerprint.of(cookie);
    if (seen.getIfPresent(key) != null) {
      Optional<OpenSession> session = lookUp(cookie);
      if (session.isEmpty()) {
        seen.invalidate(key);
      }
      return session;
    }
    Optional<OpenSession> session =
        strangers.inTurn(Fingerprint.of(ClientAddress.place(address)), () -> lookUp(cookie));
    session.ifPresent(found -> seen.put(key, true));
    return session;
  }

  private Optional<OpenSession> lookUp(String cookie) {
    Instant now = commands.now();
    Optional<Found> found =
        commands.read(
            em ->
                ofCookie(em, cookie)
                    .filter(session -> session.open(now))
                    .flatMap(
                        session ->
                            Optional.ofNullable(em.find(AdminUser.class, session.user()))
                                .map(user -> new Found(session, user))));
    found
        .map(Found::session)
        .filter(session -> session.lastSeenAt().plus(RESOLUTION).isBefore(now))
        .ifPresent(session -> seen(session.id(), now));
    return found.map(Found::open);
  }

  private record Found(AdminSession session, AdminUser user) {

    OpenSession open() {
      return new OpenSession(
          session.id(), user.name(), user.role(), user.mustChangePassword(), session.endsAt());
    }
  }

  /** A user's open sessions, the one last used first. */
  List<AdminSession> of(String user) {
    Instant now = commands.now();
    return commands.read(
        em ->
            em
                .createQuery(
                    "select s from AdminSession s where s.user = :user order by s.lastSeenAt desc",
                    AdminSession.class)
                .setParameter("user", user)
                .getResultList()
                .stream()
                .filter(session -> session.open(now))
                .toList());
  }

  /**
   * Ends a session.
   *
   * @param actor whose session it is
   * @throws NotFoundException when they have no such session
   */
  void end(Actor actor, String id) {
    commands.<Boolean>carryOut(
        actor,
        command -> {
          // A database may find a row by an id with a space behind it, or take no such text at all.
          AdminSession session =
              id.length() == ID_LENGTH && isPrintable(id)
                  ? command.em().find(AdminSession.class, id, LockModeType.PESSIMISTIC_WRITE)
                  : null;
          if (session == null || !session.id().equals(id) || !session.user().equals(actor.name())) {
            throw new NotFoundException("you have no session with this id");
          }
          command.em().remove(session);
          command.did("sign-out", null, null, Map.of("session", session.id()));
          return true;
        });
  }

  /**
   * Ends the sessions of a user, as a part of a command.
   *
   * @param but the one that stays; empty for none
   */
  static void endAll(EntityManager em, String user, String but) {
    em.createQuery("delete from AdminSession s where s.user = :user and s.id <> :but")
        .setParameter("user", user)
        .setParameter("but", but)
        .executeUpdate();
  }

  private void seen(String id, Instant now) {
    commands.note(
        em ->
            em.createQuery(
                    "update AdminSession s set s.lastSeenAt = :now"
                        + " where s.id = :id and s.lastSeenAt < :now")
                .setParameter("now", now)
                .setParameter("id", id)
                .executeUpdate());
  }

  private static Optional<AdminSession> ofCookie(EntityManager em, @Nullable String cookie) {
    if (cookie == null || !isOne(cookie)) {
      return Optional.empty();
    }
    AdminSession session = em.find(AdminSession.class, cookie.substring(0, ID_LENGTH));
    return Optional.ofNullable(session).filter(found -> found.hasCookie(cookie));
  }

  private static boolean isOne(String cookie) {
    return cookie.length() == ID_LENGTH + 1 + SECRET_LENGTH && isPrintable(cookie);
  }

  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static String printable(@Nullable String userAgent) {
    String text = userAgent == null ? "" : userAgent;
    return text.codePoints()
        .filter(c -> c >= ' ' && c < 0x7f)
        .limit(LONGEST_USER_AGENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
