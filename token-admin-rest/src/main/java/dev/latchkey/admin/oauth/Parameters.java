package dev.latchkey.admin.oauth;

import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthRefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of an OAuth request (RFC 6749 §3.1, §3.2 and Appendix B). An empty one counts as left
 * out. One that was sent twice is refused when it is asked for; unknown ones are ignored.
 * Immutable.
 */
final class Parameters {

  private static final int MOST_BYTES = 64 * 1024;
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String MALFORMED =
      "The parameters are not well-formed UTF-8 of application/x-www-form-urlencoded.";

  private final Map<String, String> values;
  private final Set<String> repeated;

  private Parameters(Map<String, String> values, Set<String> repeated) {
    this.values = values;
    this.repeated = repeated;
  }

  /** A body is larger than any of ours can be. */
  static final class TooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("more than 64 KB", null, false, false);
    }
  }

  /**
   * The parameters in the body of a request; those in its URL are not looked at.
   *
   * @throws OAuthRefusedException when it is not a well-formed form
   * @throws TooLargeException when it has more than 64 KB
   */
  static Parameters ofForm(HttpServletRequest request) throws IOException {
    if (!isForm(request.getContentType())) {
      throw invalid("The body must be " + FORM + ".");
    }
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      throw new TooLargeException();
    }
    return of(new String(body, StandardCharsets.ISO_8859_1));
  }

  private static boolean isForm(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals(FORM)) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace("\"", "").strip();
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        return false;
      }
    }
    return true;
  }

  /**
   * The parameters in the query of a URL, or in a form.
   *
   * @param encoded as it was sent, one character for each octet; null for none
   * @throws OAuthRefusedException when an escape is malformed or the octets are not UTF-8
   */
  static Parameters of(@Nullable String encoded) {
    Map<String, String> values = new HashMap<>();
    Set<String> repeated = new HashSet<>();
    for (String pair : encoded == null ? new String[0] : encoded.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        if (values.put(name, value) != null) {
          repeated.add(name);
        }
      }
    }
    return new Parameters(Map.copyOf(values), Set.copyOf(repeated));
  }

  /**
   * The text that was encoded as a part of a form.
   *
   * @throws OAuthRefusedException when an escape is malformed or the octets are not UTF-8
   */
  static String decoded(String encoded) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        int high = i + 2 < encoded.length() ? hex(encoded.charAt(i + 1)) : -1;
        int low = i + 2 < encoded.length() ? hex(encoded.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw invalid(MALFORMED);
        }
        octets.write(high * 16 + low);
        i += 2;
      } else if (c > 0xff) {
        throw invalid(MALFORMED);
      } else {
        octets.write(c == '+' ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(octets.toByteArray()))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw invalid(MALFORMED);
    }
  }

  private static int hex(char c) {
    return c < 0x7f ? Character.digit(c, 16) : -1;
  }

  /** Whether a parameter was sent more than once. */
  boolean isRepeated(String name) {
    return repeated.contains(name);
  }

  /**
   * A parameter; null when it is left out or empty.
   *
   * @throws OAuthRefusedException when it was sent more than once
   */
  @Nullable String optional(String name) {
    if (isRepeated(name)) {
      throw invalid(name + " was sent more than once.");
    }
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /**
   * A parameter that must be there.
   *
   * @throws OAuthRefusedException when it is left out, empty or sent more than once
   */
  String required(String name) {
    String value = optional(name);
    if (value == null) {
      throw invalid(name + " is missing.");
    }
    return value;
  }

  private static OAuthRefusedException invalid(String description) {
    return new OAuthRefusedException(OAuthError.INVALID_REQUEST, description);
  }

  /** Does not tell what was sent. */
  @Override
  public String toString() {
    return "Parameters[…]";
  }
}
