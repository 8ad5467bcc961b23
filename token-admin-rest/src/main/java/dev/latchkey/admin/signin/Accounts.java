package dev.latchkey.admin.signin;

import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Command;
import dev.latchkey.core.administer.Commands;
import dev.latchkey.core.administer.ConflictException;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.NotFoundException;
import dev.latchkey.core.administer.Withdrawal;
import dev.latchkey.core.token.Base62;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The people who administer: added, given another role, given a new password. Thread-safe. */
public final class Accounts {

  static final int LONGEST_NAME = 100;
  private static final int GENERATED_LENGTH = 24;
  private static final int MOST = 1000;

  private final Commands commands;
  private final PasswordHash hashes;
  private final SecureRandom random;
  private final Path home;

  /**
   * The people in the database of these commands.
   *
   * @param home where the first admin's generated password is
   */
  public Accounts(Commands commands, SecureRandom random, Path home) {
    this(commands, random, home, new PasswordHash(random, PasswordHash.ROUNDS));
  }

  Accounts(Commands commands, SecureRandom random, Path home, PasswordHash hashes) {
    this.commands = commands;
    this.random = random;
    this.home = home;
    this.hashes = hashes;
  }

  /** Everybody, by name; at most 1000. */
  List<AdminUser> all() {
    return commands.read(
        em ->
            em.createQuery("select u from AdminUser u order by u.name", AdminUser.class)
                .setMaxResults(MOST)
                .getResultList());
  }

  /**
   * Adds somebody, with a generated password that they must change.
   *
   * @throws InvalidInputException when the name is not allowed
   * @throws ConflictException when it is taken
   */
  Created<AdminUser> add(Actor actor, String name, Role role) {
    checkName(name);
    String password = Base62.random(random, GENERATED_LENGTH);
    String hash = hashes.of(password);
    return commands.carryOut(
        actor,
        command -> {
          if (command.em().find(AdminUser.class, name) != null) {
            throw new ConflictException("there is a user of this name: choose another name");
          }
          AdminUser user = new AdminUser(name, hash, role, true, command.now());
          command.em().persist(user);
          command.did("user.create", null, null, Map.of("user", name, "role", role.toString()));
          command.em().flush();
          return new Created<>(user, password);
        });
  }

  /**
   * Somebody who has another role.
   *
   * @param tokensDeactivated how many tokens were deactivated with the change
   */
  record Changed(AdminUser user, int tokensDeactivated) {}

  /**
   * Gives somebody another role. When they may do less by it, the links that they have made and
   * nobody has opened are taken back, and the tokens for Latchkey itself that go back to them are
   * deactivated.
   *
   * @param keepTokens whether these tokens stay active
   * @throws NotFoundException when there is nobody of this name
   * @throws ConflictException when it is the actor, or no admin would be left
   */
  Changed changeRole(Actor actor, String name, Role role, boolean keepTokens) {
    return commands.carryOut(
        actor,
        command -> {
          AdminUser user = found(command.em(), name, LockModeType.NONE);
          if (user.role() == role) {
            return new Changed(user, 0);
          }
          refuseOneself(actor, name);
          Role before = user.role();
          requireAnotherAdmin(command.em(), name);
          user.role(role);
          int deactivated = role.includes(before) ? 0 : withdraw(command, name, keepTokens);
          command.did(
              "user.change",
              null,
              null,
              Map.of(
                  "user",
                  name,
                  "before",
                  before.toString(),
                  "after",
                  role.toString(),
                  "tokensDeactivated",
                  deactivated));
          command.em().flush();
          return new Changed(user, deactivated);
        });
  }

  /**
   * Gives somebody else a generated password that they must change; their sessions end.
   *
   * @throws NotFoundException when there is nobody of this name
   * @throws ConflictException when it is the actor
   */
  Created<AdminUser> resetPassword(Actor actor, String name) {
    refuseOneself(actor, name);
    String password = Base62.random(random, GENERATED_LENGTH);
    String hash = hashes.of(password);
    Created<AdminUser> reset =
        commands.carryOut(
            actor,
            command -> {
              AdminUser user = locked(command.em(), name);
              user.password(hash, true);
              Sessions.endAll(command.em(), name, "");
              command.did("user.password", null, null, Map.of("user", name));
              command.em().flush();
              return new Created<>(user, password);
            });
    forgetFirstPassword(name);
    return reset;
  }

  /**
   * Removes somebody. Their sessions end, the links that they have made and nobody has opened are
   * taken back, and the tokens for Latchkey itself that go back to them are deactivated.
   *
   * @param keepTokens whether these tokens stay active
   * @return how many tokens were deactivated
   * @throws NotFoundException when there is nobody of this name
   * @throws ConflictException when it is the actor, or no admin would be left
   */
  int remove(Actor actor, String name, boolean keepTokens) {
    refuseOneself(actor, name);
    return commands.carryOut(
        actor,
        command -> {
          requireAnotherAdmin(command.em(), name);
          AdminUser user = locked(command.em(), name);
          Sessions.endAll(command.em(), name, "");
          int deactivated = withdraw(command, name, keepTokens);
          command.em().remove(user);
          command.did(
              "user.delete", null, null, Map.of("user", name, "tokensDeactivated", deactivated));
          return deactivated;
        });
  }

  private static int withdraw(Command command, String name, boolean keepTokens) {
    if (keepTokens) {
      Withdrawal.ofLinks(command, name);
      return 0;
    }
    return Withdrawal.ofLinksAndTokens(command, name);
  }

  /**
   * Changes one's own password; all other sessions end.
   *
   * @param signedIn as they were when their present password was looked at
   * @param session the one that stays; null for none
   * @throws InvalidInputException when the new one is not allowed
   * @throws ConflictException when they were given another password since
   */
  void changePassword(Actor actor, AdminUser signedIn, String password, @Nullable String session) {
    String hash = hashes.of(NewPassword.check(password, actor.name()));
    commands.<Boolean>carryOut(
        actor,
        command -> {
          AdminUser user = locked(command.em(), actor.name());
          if (!user.hasPasswordOf(signedIn)) {
            throw new ConflictException(
                "your password was changed meanwhile: sign in with the new one");
          }
          user.password(hash, false);
          Sessions.endAll(command.em(), actor.name(), session == null ? "" : session);
          command.did("password.change", null, null, Map.of());
          return true;
        });
    forgetFirstPassword(actor.name());
  }

  private void forgetFirstPassword(String user) {
    if (user.equals(FirstAdmin.NAME)) {
      FirstAdmin.forgetFile(home);
    }
  }

  // Orders a change of what signs in, or of who may, against sessions that are just being opened.
  static AdminUser locked(EntityManager em, String name) {
    return found(em, name, LockModeType.PESSIMISTIC_WRITE);
  }

  private static AdminUser found(EntityManager em, String name, LockModeType lock) {
    AdminUser user = isName(name) ? em.find(AdminUser.class, name, lock) : null;
    if (user == null) {
      throw new NotFoundException("there is no user of this name");
    }
    return user;
  }

  static void refuseOneself(Actor actor, String name) {
    if (actor.name().equals(name)) {
      throw new ConflictException("this is you: another admin must do it");
    }
  }

  // Locked, so that two admins can't take the role from each other at once.
  private static void requireAnotherAdmin(EntityManager em, String leaving) {
    boolean another =
        em
            .createQuery("select u from AdminUser u where u.role = :role", AdminUser.class)
            .setParameter("role", Role.ADMIN)
            .setLockMode(LockModeType.PESSIMISTIC_WRITE)
            .getResultList()
            .stream()
            .anyMatch(user -> !user.name().equals(leaving));
    if (!another) {
      throw new ConflictException("this is the last admin: make somebody else an admin first");
    }
  }

  private static void checkName(String name) {
    if (!isName(name)) {
      throw new InvalidInputException(
          List.of(
              new FieldError(
                  "name",
                  "takes up to "
                      + LONGEST_NAME
                      + " characters of a-z, 0-9, '.', '-', '_' and '@', the first a letter or"
                      + " digit")));
    }
  }

  /** Whether a user of ours can have this name. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_NAME
        && name.chars().allMatch(c -> letterOrDigit(c) || ".-_@".indexOf(c) >= 0)
        && letterOrDigit(name.charAt(0));
  }

  private static boolean letterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
