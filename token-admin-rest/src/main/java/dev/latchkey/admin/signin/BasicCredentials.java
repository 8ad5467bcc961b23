package dev.latchkey.admin.signin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A name and a password as HTTP Basic sends them (RFC 7617). Does not tell the password. */
record BasicCredentials(String name, String password) {

  /** Credentials that nobody has. */
  private static final BasicCredentials IMPOSSIBLE = new BasicCredentials("", "");

  // Base64 of the longest name and password, in UTF-8 and not normalized, has less.
  private static final int LONGEST = 6000;

  /**
   * The credentials behind {@code Basic}; empty when they are malformed. Those of impossible length
   * are not looked at: they are wrong, not malformed.
   */
  static Optional<BasicCredentials> parse(String encoded) {
    try {
      if (encoded.length() > LONGEST) {
        return Optional.of(IMPOSSIBLE);
      }
      byte[] decoded = Base64.getDecoder().decode(encoded.strip());
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
      int colon = text.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new BasicCredentials(text.substring(0, colon), text.substring(colon + 1)));
    } catch (IllegalArgumentException | CharacterCodingException malformed) {
      return Optional.empty();
    }
  }

  /**
   * The same with the password prepared ({@link OpaqueString}); empty when nobody can have this
   * name or this password because of its length or its characters.
   */
  Optional<BasicCredentials> prepared() {
    return !name.isEmpty() && name.length() <= Accounts.LONGEST_NAME
        ? OpaqueString.prepared(password).map(text -> new BasicCredentials(name, text))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "BasicCredentials[" + (name.length() > Accounts.LONGEST_NAME ? "…" : name) + "]";
  }
}
