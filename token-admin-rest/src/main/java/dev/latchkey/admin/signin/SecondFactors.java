package dev.latchkey.admin.signin;

import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Commands;
import dev.latchkey.core.administer.ConflictException;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.NotFoundException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns second factors of people on and off. Whoever has one signs in with the password and a code
 * of their authenticator (RFC 6238), or a recovery code. Thread-safe.
 */
public final class SecondFactors {

  private final Commands commands;
  private final SecureRandom random;

  /** The second factors in the database of these commands. */
  public SecondFactors(Commands commands, SecureRandom random) {
    this.commands = commands;
    this.random = random;
  }

  /**
   * Somebody's own row as it is now.
   *
   * @throws NotFoundException when they were removed
   */
  AdminUser of(Actor actor) {
    AdminUser user = commands.read(em -> em.find(AdminUser.class, actor.name()));
    if (user == null || !user.name().equals(actor.name())) {
      throw new NotFoundException("there is no user of this name");
    }
    return user;
  }

  /**
   * Offers an authenticator's secret. It changes nothing until it is confirmed, and takes the place
   * of one that was offered before.
   *
   * @param signedIn as they were when their password was looked at
   * @throws ConflictException when a second factor is on, or the password was changed since
   */
  Totp offer(Actor actor, AdminUser signedIn) {
    Totp totp = Totp.random(random);
    return commands.carryOut(
        actor,
        command -> {
          AdminUser user = Accounts.locked(command.em(), actor.name());
          requirePasswordOf(user, signedIn);
          if (user.secondFactorOn()) {
            throw new ConflictException("your second factor is on: turn it off first");
          }
          user.offer(totp);
          return totp;
        });
  }

  /**
   * Turns the offered authenticator on; all other sessions end.
   *
   * @param code that it shows now
   * @param session the one that stays; null for none
   * @return recovery codes, to be shown this once
   * @throws InvalidInputException when the code is wrong
   */
  List<String> confirm(Actor actor, String code, @Nullable String session) {
    List<String> codes = RecoveryCodes.random(random);
    return commands.carryOut(
        actor,
        command -> {
          AdminUser user = Accounts.locked(command.em(), actor.name());
          if (!user.confirm(code, command.now(), RecoveryCodes.of(codes))) {
            throw new InvalidInputException(
                List.of(
                    new FieldError("code", "is wrong: see that the clock of the device is right")));
          }
          Sessions.endAll(command.em(), actor.name(), session == null ? "" : session);
          command.did("second-factor.on", null, null, Map.of());
          return codes;
        });
  }

  /**
   * Turns one's own off, after the password and a code were looked at.
   *
   * @param signedIn as they were then
   * @throws ConflictException when the password was changed since
   */
  void turnOff(Actor actor, AdminUser signedIn) {
    commands.<Boolean>carryOut(
        actor,
        command -> {
          AdminUser user = Accounts.locked(command.em(), actor.name());
          requirePasswordOf(user, signedIn);
          user.withoutSecondFactor();
          command.did("second-factor.off", null, null, Map.of());
          return true;
        });
  }

  /**
   * Turns somebody else's off, who has lost it; their sessions end.
   *
   * @throws NotFoundException when there is nobody of this name
   * @throws ConflictException when it is the actor
   */
  void reset(Actor actor, String name) {
    Accounts.refuseOneself(actor, name);
    commands.<Boolean>carryOut(
        actor,
        command -> {
          AdminUser user = Accounts.locked(command.em(), name);
          user.withoutSecondFactor();
          Sessions.endAll(command.em(), user.name(), "");
          command.did("second-factor.reset", null, null, Map.of("user", user.name()));
          return true;
        });
  }

  private static void requirePasswordOf(AdminUser user, AdminUser signedIn) {
    if (!user.hasPasswordOf(signedIn)) {
      throw new ConflictException("your password was changed meanwhile: sign in with the new one");
    }
  }
}
