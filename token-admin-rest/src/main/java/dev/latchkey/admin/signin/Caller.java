package dev.latchkey.admin.signin;

import dev.latchkey.core.administer.Actor;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/**
 * Who calls.
 *
 * @param actor for the audit trail
 */
public record Caller(Actor actor, Role role) implements Principal {

  /** Who has made a request that got as far as a resource. */
  public static Caller of(SecurityContext context) {
    if (context.getUserPrincipal() instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("a request got past the sign-in without a caller");
  }

  @Override
  public String getName() {
    return actor.name();
  }
}
