package dev.latchkey.admin.signin;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody may do; each role may do what the ones before it may. */
public enum Role {
  /** Reads. */
  VIEWER,
  /** Also manages tokens, and enables and disables third parties. */
  OPERATOR,
  /** Does everything. */
  ADMIN;

  /** The greatest role that one of these scopes gives. */
  public static Optional<Role> ofScopes(Collection<String> scopes) {
    return greatest(role -> scopes.contains("latchkey:" + role));
  }

  /** The greatest role for which a condition holds. */
  static Optional<Role> greatest(java.util.function.Predicate<Role> holds) {
    return Stream.of(ADMIN, OPERATOR, VIEWER).filter(holds).findFirst();
  }

  /**
   * The role of a name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Role named(String name) {
    return greatest(role -> role.toString().equals(name))
        .orElseThrow(IllegalArgumentException::new);
  }

  /** Whether whoever has this role may do what needs {@code other}. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** The name in scopes and tables. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
