package dev.latchkey.admin.signin;

import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Commands;
import dev.latchkey.core.administer.NotFoundException;
import dev.latchkey.core.administer.Storable;
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

  // Finer than this nobody looks, and a session that is used should not write at each request.
  private static final Duration RESOLUTION = Duration.ofMinutes(1);

  private final Commands commands;
  private final SecureRandom random;

  /** The sessions in the database of these commands. */
  public Sessions(Commands commands, SecureRandom random) {
    this.commands = commands;
    this.random = random;
  }

  /**
   * Opens a session for somebody who has signed in; answers its cookie, or nothing when the
   * password that they have signed in with is no longer theirs.
   *
   * @param signedIn as they were when their password was looked at
   * @param before the cookie that the browser has from before, which ends; null for none
   */
  Optional<String> open(
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
          if (present == null || !present.hasPasswordOf(signedIn)) {
            return Optional.empty();
          }
          em.createQuery(
                  "delete from AdminSession s where s.lastSeenAt < :idle or s.createdAt < :old")
              .setParameter("idle", now.minus(AdminSession.IDLE))
              .setParameter("old", now.minus(AdminSession.LONGEST))
              .executeUpdate();
          ofCookie(em, before).ifPresent(em::remove);
          em.persist(
              new AdminSession(
                  id,
                  TokenHash.of(cookie),
                  user.name(),
                  now,
                  user.address(),
                  printable(userAgent)));
          command.did("sign-in", null, null, Map.of("session", id));
          return Optional.of(cookie);
        });
  }

  /** The open session of a cookie; it was used now. */
  Optional<OpenSession> find(@Nullable String cookie) {
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
          int ended =
              Storable.text(id)
                  ? command
                      .em()
                      .createQuery("delete from AdminSession s where s.id = :id and s.user = :user")
                      .setParameter("id", id)
                      .setParameter("user", actor.name())
                      .executeUpdate()
                  : 0;
          if (ended == 0) {
            throw new NotFoundException("you have no session with this id");
          }
          command.did("sign-out", null, null, Map.of("session", id));
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
    boolean ours =
        cookie != null
            && cookie.length() == ID_LENGTH + 1 + SECRET_LENGTH
            && cookie.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (cookie == null || !ours) {
      return Optional.empty();
    }
    AdminSession session = em.find(AdminSession.class, cookie.substring(0, ID_LENGTH));
    return Optional.ofNullable(session).filter(found -> found.hasCookie(cookie));
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
