package dev.latchkey.core.administer;

/**
 * Who acts, for the audit trail. Control characters are taken out of name and address.
 *
 * @param name a person's user name, {@code server:<name>} for whom the server has signed in, or
 *     {@code third-party:<client id>} for a bearer token
 * @param address the address that the request came from
 * @param grantsAll whether they may also give access with scopes of Latchkey itself
 */
public record Actor(String name, String address, boolean grantsAll) {

  /** What the name of an actor begins with who calls with a token of a third party. */
  public static final String OF_THIRD_PARTY = "third-party:";

  public Actor {
    name = Texts.printable(name, 200);
    address = Texts.printable(address, 45);
  }

  /** Somebody who may not give access to Latchkey itself. */
  public Actor(String name, String address) {
    this(name, address, false);
  }
}
