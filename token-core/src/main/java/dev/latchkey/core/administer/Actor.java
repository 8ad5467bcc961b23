package dev.latchkey.core.administer;

import java.util.Collection;

/**
 * Who acts, for the audit trail. Control characters are taken out of name and address.
 *
 * @param name a person's user name, {@code server:<name>} for whom the server has signed in, or
 *     {@code third-party:<client id>} for a bearer token
 * @param address the address that the request came from
 * @param grantsAll whether they may also issue tokens that get into Latchkey itself
 */
public record Actor(String name, String address, boolean grantsAll) {

  private static final String OF_LATCHKEY = "latchkey:";

  public Actor {
    name = Texts.printable(name, 200);
    address = Texts.printable(address, 45);
  }

  /** Somebody who may not issue tokens that get into Latchkey itself. */
  public Actor(String name, String address) {
    this(name, address, false);
  }

  /**
   * Refuses to let them hand out what they may not: whoever could issue a token for {@code
   * latchkey:admin} would be an admin.
   *
   * @throws NotAllowedException when one of the scopes is of Latchkey itself
   */
  public void requireMayGrant(Collection<String> scopes) {
    if (!grantsAll && scopes.stream().anyMatch(scope -> scope.startsWith(OF_LATCHKEY))) {
      throw new NotAllowedException(
          "Not allowed: a token with a scope of Latchkey itself ("
              + OF_LATCHKEY
              + "…) needs the role admin. Name other scopes, or ask an admin.");
    }
  }
}
