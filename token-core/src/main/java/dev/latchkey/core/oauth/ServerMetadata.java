package dev.latchkey.core.oauth;

/** Authorization server metadata (RFC 8414): exactly what works. */
public final class ServerMetadata {

  /** Where the document is, in front of the issuer's path (RFC 8414 §3). */
  public static final String PATH = "/.well-known/oauth-authorization-server";

  private ServerMetadata() {}

  /**
   * The document, in JSON of ASCII characters.
   *
   * @param issuer a URL without {@code "}, {@code \} and control characters
   */
  public static String json(String issuer) {
    return """
        {"issuer":"%1$s",\
        "authorization_endpoint":"%1$s/oauth/authorize",\
        "token_endpoint":"%1$s/oauth/token",\
        "introspection_endpoint":"%1$s/oauth/introspect",\
        "revocation_endpoint":"%1$s/oauth/revoke",\
        "response_types_supported":["code"],\
        "response_modes_supported":["query"],\
        "grant_types_supported":["authorization_code","client_credentials"],\
        "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],\
        "introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],\
        "revocation_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],\
        "code_challenge_methods_supported":["S256"],\
        "authorization_response_iss_parameter_supported":true,\
        "tls_client_certificate_bound_access_tokens":true}"""
        .formatted(issuer);
  }
}
