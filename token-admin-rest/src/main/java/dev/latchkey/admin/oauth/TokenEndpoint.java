package dev.latchkey.admin.oauth;

import dev.latchkey.core.oauth.Client;
import dev.latchkey.core.oauth.IssuedToken;
import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthGrants;
import dev.latchkey.core.oauth.OAuthRefusedException;
import dev.latchkey.core.token.CertificateThumbprint;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code POST /oauth/token} (RFC 6749 §3.2). */
final class TokenEndpoint {

  private TokenEndpoint() {}

  /**
   * The token that a client asks for.
   *
   * @param certificate the client certificate of the request; null for none
   * @throws OAuthRefusedException when it does not get one
   */
  static JsonObject answer(
      OAuthGrants grants,
      Client client,
      Parameters parameters,
      String address,
      @Nullable CertificateThumbprint certificate) {
    String grantType = parameters.required("grant_type");
    return switch (grantType) {
      case "client_credentials" ->
          json(grants.byClientCredentials(client, parameters.optional("scope"), certificate));
      case "authorization_code" -> {
        OAuthGrants.refuseManual(client);
        yield json(
            grants.byCode(
                client,
                parameters.required("code"),
                parameters.optional("redirect_uri"),
                parameters.required("code_verifier"),
                address));
      }
      default ->
          throw new OAuthRefusedException(
              OAuthError.UNSUPPORTED_GRANT_TYPE,
              "grant_type takes client_credentials or authorization_code.");
    };
  }

  // RFC 6749 §5.1
  private static JsonObject json(IssuedToken issued) {
    JsonObjectBuilder answer =
        Json.createObjectBuilder().add("access_token", issued.token()).add("token_type", "Bearer");
    Duration lifetime = issued.lifetime();
    if (lifetime != null) {
      answer.add("expires_in", lifetime.toSeconds());
    }
    if (!issued.scopes().isEmpty()) {
      answer.add("scope", String.join(" ", issued.scopes()));
    }
    return answer.build();
  }
}
