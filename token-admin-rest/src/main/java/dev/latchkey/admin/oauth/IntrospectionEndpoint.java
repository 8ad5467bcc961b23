package dev.latchkey.admin.oauth;

import dev.latchkey.core.oauth.Introspection;
import dev.latchkey.core.oauth.OAuthGrants;
import dev.latchkey.core.token.CertificateThumbprint;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;

/** {@code POST /oauth/introspect} (RFC 7662 §2). */
final class IntrospectionEndpoint {

  private static final JsonObject INACTIVE =
      Json.createObjectBuilder().add("active", false).build();

  private IntrospectionEndpoint() {}

  /**
   * What is said of the token in a request.
   *
   * @throws dev.latchkey.core.oauth.OAuthRefusedException when there is none in it
   */
  static JsonObject answer(OAuthGrants grants, Parameters parameters, String issuer) {
    return grants
        .introspect(parameters.required("token"))
        .map(known -> active(known, issuer))
        .orElse(INACTIVE);
  }

  private static JsonObject active(Introspection known, String issuer) {
    JsonObjectBuilder answer =
        Json.createObjectBuilder()
            .add("active", true)
            .add("scope", String.join(" ", known.scopes()))
            .add("client_id", known.clientId())
            .add("sub", known.clientId())
            .add("username", known.name())
            .add("token_type", "Bearer")
            .add("iat", known.issuedAt().getEpochSecond());
    Instant end = known.expiresAt();
    if (end != null) {
      answer.add("exp", end.getEpochSecond());
    }
    CertificateThumbprint certificate = known.certificate();
    if (certificate != null) {
      // RFC 8705 §3.2
      answer.add("cnf", Json.createObjectBuilder().add("x5t#S256", certificate.toString()));
    }
    return answer.add("iss", issuer).add("jti", known.tokenId()).build();
  }
}
