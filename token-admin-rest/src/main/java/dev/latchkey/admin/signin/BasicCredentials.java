package dev.latchkey.admin.signin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A name and a password as HTTP Basic sends them (RFC 7617). Does not tell the password. */
record BasicCredentials(String name, String password) {

  private static final int LONGEST = 400;

  /** The credentials behind {@code Basic}; empty when they are malformed. */
  static Optional<BasicCredentials> parse(String encoded) {
    try {
      if (encoded.length() > LONGEST) {
        return Optional.empty();
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

  @Override
  public String toString() {
    return "BasicCredentials[" + name + "]";
  }
}
