package dev.latchkey.admin.signin;

import dev.latchkey.core.administer.Actor;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** Who calls. */
public final class Caller implements Principal {

  /** How a caller has signed in. */
  enum By {
    /** By the console's sign-in. */
    SESSION,
    /** By name and password with the request. */
    BASIC,
    /** By a bearer token. */
    TOKEN,
    /** The server itself has authenticated them. */
    SERVER;

    /** The name in the REST API. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final String OF_SERVER = "server:";

  private final String name;
  private final Actor actor;
  private final Role role;
  private final By by;
  private final @Nullable OpenSession session;

  private Caller(String name, Actor actor, Role role, By by, @Nullable OpenSession session) {
    this.name = name;
    this.actor = new Actor(actor.name(), actor.address(), role.includes(Role.ADMIN));
    this.role = role;
    this.by = by;
    this.session = session;
  }

  static Caller by(By by, Actor actor, Role role) {
    return new Caller(actor.name(), actor, role, by, null);
  }

  /**
   * Somebody whom the server has authenticated. To the audit trail they are {@code server:<name>}:
   * the name may be that of a user of ours, whose deeds it must not look like.
   */
  static Caller ofServer(String name, String address, Role role) {
    return new Caller(name, new Actor(OF_SERVER + name, address), role, By.SERVER, null);
  }

  static Caller by(OpenSession session, String address) {
    return new Caller(
        session.user(), new Actor(session.user(), address), session.role(), By.SESSION, session);
  }

  /** Who has made a request that got as far as a resource. */
  public static Caller of(SecurityContext context) {
    if (context.getUserPrincipal() instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("a request got past the sign-in without a caller");
  }

  /** For the audit trail. */
  public Actor actor() {
    return actor;
  }

  public Role role() {
    return role;
  }

  By by() {
    return by;
  }

  /** The session that the request came with; null for none. */
  @Nullable OpenSession session() {
    return session;
  }

  /** Whether it is an admin user of ours, who has a password here. */
  boolean isUser() {
    return by == By.SESSION || by == By.BASIC;
  }

  @Override
  public String getName() {
    return name;
  }
}
