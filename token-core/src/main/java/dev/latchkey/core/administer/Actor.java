package dev.latchkey.core.administer;

/**
 * Who acts, for the audit trail. Control characters are taken out of both.
 *
 * @param name a person's user name, or {@code third-party:<client id>} for a bearer token
 * @param address the address that the request came from
 */
public record Actor(String name, String address) {

  public Actor {
    name = Texts.printable(name, 200);
    address = Texts.printable(address, 45);
  }
}
