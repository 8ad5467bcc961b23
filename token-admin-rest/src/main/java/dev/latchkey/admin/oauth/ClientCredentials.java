package dev.latchkey.admin.oauth;

import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthRefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Client ID and a client secret as a request brings them: by {@code client_secret_basic} or by
 * {@code client_secret_post}, never by both (RFC 6749 §2.3.1). Does not tell the secret.
 */
record ClientCredentials(String id, String secret) {

  /**
   * The credentials of a request.
   *
   * @throws OAuthRefusedException {@code invalid_client} when there are none, {@code
   *     invalid_request} when they come in two ways or are malformed
   */
  static ClientCredentials of(HttpServletRequest request, Parameters parameters) {
    @Nullable String header = header(request);
    @Nullable String id = parameters.optional("client_id");
    @Nullable String secret = parameters.optional("client_secret");
    if (header == null) {
      if (id == null || secret == null) {
        throw failed();
      }
      return new ClientCredentials(id, secret);
    }
    if (secret != null) {
      throw invalid("Client credentials came in the header and in the body: use one of the two.");
    }
    ClientCredentials basic = basic(header);
    if (id != null && !id.equals(basic.id)) {
      throw invalid("client_id in the body differs from the one in the Authorization header.");
    }
    return basic;
  }

  /**
   * The value of the only {@code Authorization} field; null when there is none.
   *
   * @throws OAuthRefusedException {@code invalid_request} when there are several
   */
  static @Nullable String header(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    if (headers.size() > 1) {
      throw invalid("There is more than one Authorization header.");
    }
    return headers.isEmpty() ? null : headers.get(0).strip();
  }

  /** What stands behind a scheme in an {@code Authorization} field; null for another scheme. */
  static @Nullable String behind(String scheme, String header) {
    boolean is =
        header.length() > scheme.length()
            && header.regionMatches(true, 0, scheme, 0, scheme.length())
            && header.charAt(scheme.length()) == ' ';
    return is ? header.substring(scheme.length()).strip() : null;
  }

  // The two are encoded as parts of a form before they are joined (RFC 6749 §2.3.1).
  private static ClientCredentials basic(String header) {
    @Nullable String encoded = behind("Basic", header);
    if (encoded == null) {
      throw failed();
    }
    try {
      String both = new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
      int colon = both.indexOf(':');
      if (colon < 0) {
        throw failed();
      }
      return new ClientCredentials(
          Parameters.decoded(both.substring(0, colon)),
          Parameters.decoded(both.substring(colon + 1)));
    } catch (IllegalArgumentException | OAuthRefusedException malformed) {
      throw failed();
    }
  }

  /** The one answer to credentials that are not right, whatever the reason. */
  static OAuthRefusedException failed() {
    return new OAuthRefusedException(OAuthError.INVALID_CLIENT, "Client authentication failed.");
  }

  private static OAuthRefusedException invalid(String description) {
    return new OAuthRefusedException(OAuthError.INVALID_REQUEST, description);
  }

  @Override
  public String toString() {
    return "ClientCredentials[…]";
  }
}
