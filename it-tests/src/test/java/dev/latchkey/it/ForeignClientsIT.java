package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.AuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;

/** issue 18: OAuth clients of other projects, used as their own documentation shows. */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(31)
@Tag("admin")
@Tag("once")
@DisplayName("Clients of others")
class ForeignClientsIT {

  private static final long PATIENCE_SECONDS = 60;
  private static final URI CALLBACK = URI.create(OAuthClient.CALLBACK);

  private final Latchkey latchkey;
  private final OAuthClient client;
  private final OAuthClient gateway;
  private final Consent consent;
  private final String issuer;
  @TempDir private Path folder;

  ForeignClientsIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.client = OAuthClient.registered(latchkey, Map.of("scopes", List.of("a", "b")));
    this.gateway =
        OAuthClient.registered(latchkey, Map.of("scopes", List.of("latchkey:introspect")));
    this.consent = new Consent(latchkey, latchkey.takesASeat("approver-of-others", "operator"));
    this.issuer = latchkey.installation().uri("/latchkey").toString();
  }

  /** The two ways of RFC 6749 §2.3.1. */
  private enum Authentication {
    BASIC,
    POST;

    ClientAuthentication of(OAuthClient client) {
      ClientID id = new ClientID(client.id());
      Secret secret = new Secret(client.secret());
      return this == BASIC ? new ClientSecretBasic(id, secret) : new ClientSecretPost(id, secret);
    }
  }

  @ParameterizedTest
  @EnumSource(Authentication.class)
  void nimbusFetchesAsksAndRevokes(Authentication authentication) throws Exception {
    AuthorizationServerMetadata server = metadata();
    TokenRequest request =
        new TokenRequest.Builder(
                server.getTokenEndpointURI(),
                authentication.of(client),
                new ClientCredentialsGrant())
            .scope(new Scope("a"))
            .build();

    AccessToken token = tokenOf(TokenResponse.parse(request.toHTTPRequest().send()));

    assertThat(token.getLifetime()).isEqualTo(3600);
    assertThat(token.getScope()).isEqualTo(new Scope("a"));
    assertThat(called(token)).isEqualTo(200);
    TokenIntrospectionSuccessResponse known = asked(server, authentication, token);
    assertThat(known.isActive()).isTrue();
    assertThat(known.getClientID().getValue()).isEqualTo(client.id());
    assertThat(known.getScope()).isEqualTo(new Scope("a"));
    assertThat(known.getIssuer()).isEqualTo(server.getIssuer());

    assertThat(
            new TokenRevocationRequest(
                    server.getRevocationEndpointURI(), authentication.of(client), token)
                .toHTTPRequest()
                .send()
                .indicatesSuccess())
        .isTrue();

    assertThat(asked(server, authentication, token).isActive()).isFalse();
  }

  @Test
  void nimbusHasARequestApprovedWithPkce() throws Exception {
    AuthorizationServerMetadata server = metadata();
    CodeVerifier verifier = new CodeVerifier();
    State state = new State();

    AuthorizationSuccessResponse response =
        AuthorizationResponse.parse(
                consent.decides(request(server, verifier, state).toURI(), "approve"))
            .toSuccessResponse();

    assertThat(response.getState()).isEqualTo(state);
    assertThat(response.getIssuer()).isEqualTo(server.getIssuer());
    TokenRequest exchange =
        new TokenRequest.Builder(
                server.getTokenEndpointURI(),
                Authentication.BASIC.of(client),
                new AuthorizationCodeGrant(response.getAuthorizationCode(), CALLBACK, verifier))
            .build();
    AccessToken token = tokenOf(TokenResponse.parse(exchange.toHTTPRequest().send()));
    assertThat(token.getLifetime()).as("0 stands for none").isZero();
    assertThat(token.getScope()).isEqualTo(new Scope("a", "b"));
    assertThat(called(token)).isEqualTo(200);
  }

  @Test
  void nimbusReadsARefusal() throws Exception {
    AuthorizationServerMetadata server = metadata();

    AuthorizationResponse response =
        AuthorizationResponse.parse(
            consent.decides(
                request(server, new CodeVerifier(), new State("st")).toURI(), "refuse"));

    assertThat(response.indicatesSuccess()).isFalse();
    assertThat(response.toErrorResponse().getErrorObject()).isEqualTo(OAuth2Error.ACCESS_DENIED);
    assertThat(response.getState()).isEqualTo(new State("st"));
    assertThat(response.getIssuer()).isEqualTo(server.getIssuer());
  }

  @Test
  void nimbusReadsErrorsOfTheTokenEndpoint() throws Exception {
    TokenRequest wrong =
        new TokenRequest.Builder(
                metadata().getTokenEndpointURI(),
                Authentication.BASIC.of(client.withSecret("wrong")),
                new ClientCredentialsGrant())
            .build();

    TokenResponse response = TokenResponse.parse(wrong.toHTTPRequest().send());

    assertThat(response.toErrorResponse().getErrorObject()).isEqualTo(OAuth2Error.INVALID_CLIENT);
  }

  private AuthorizationRequest request(
      AuthorizationServerMetadata server, CodeVerifier verifier, State state) {
    return new AuthorizationRequest.Builder(
            new ResponseType(ResponseType.Value.CODE), new ClientID(client.id()))
        .endpointURI(server.getAuthorizationEndpointURI())
        .redirectionURI(CALLBACK)
        .scope(new Scope("a", "b"))
        .state(state)
        .codeChallenge(verifier, CodeChallengeMethod.S256)
        .build();
  }

  // The tested server has no latchkey.issuer, so it answers at the issuer's own path alone.
  private AuthorizationServerMetadata metadata() throws Exception {
    HTTPRequest request =
        new HTTPRequest(
            HTTPRequest.Method.GET, URI.create(issuer + "/.well-known/oauth-authorization-server"));
    AuthorizationServerMetadata server =
        AuthorizationServerMetadata.parse(request.send().getBody());
    assertThat(server.getIssuer()).isEqualTo(new Issuer(issuer));
    return server;
  }

  private AccessToken tokenOf(TokenResponse response) {
    AccessToken token = response.toSuccessResponse().getTokens().getAccessToken();
    latchkey.secrets().seen(token.getValue());
    return token;
  }

  private int called(AccessToken token) throws IOException {
    HTTPRequest call =
        new HTTPRequest(HTTPRequest.Method.GET, latchkey.installation().uri("/sample/whoami"));
    call.setAuthorization(token.toAuthorizationHeader());
    return call.send().getStatusCode();
  }

  private TokenIntrospectionSuccessResponse asked(
      AuthorizationServerMetadata server, Authentication authentication, AccessToken token)
      throws Exception {
    return TokenIntrospectionResponse.parse(
            new TokenIntrospectionRequest(
                    server.getIntrospectionEndpointURI(), authentication.of(gateway), token)
                .toHTTPRequest()
                .send())
        .toSuccessResponse();
  }

  @Test
  void springSecuritysClientFetchesAToken() {
    ClientRegistration registration =
        registration(AuthorizationGrantType.CLIENT_CREDENTIALS).scope("a").build();
    InMemoryClientRegistrationRepository registrations =
        new InMemoryClientRegistrationRepository(registration);
    AuthorizedClientServiceOAuth2AuthorizedClientManager clients =
        new AuthorizedClientServiceOAuth2AuthorizedClientManager(
            registrations, new InMemoryOAuth2AuthorizedClientService(registrations));

    OAuth2AccessToken token =
        Objects.requireNonNull(
                clients.authorize(
                    OAuth2AuthorizeRequest.withClientRegistrationId("latchkey")
                        .principal("software")
                        .build()))
            .getAccessToken();

    assertThat(token.getScopes()).containsExactly("a");
    isAdmitted(token);
  }

  @Test
  void springSecuritysClientHasARequestApprovedWithPkce() {
    ClientRegistration registration =
        registration(AuthorizationGrantType.AUTHORIZATION_CODE)
            .redirectUri(OAuthClient.CALLBACK)
            .authorizationUri(issuer + "/oauth/authorize")
            .build();
    OAuth2AuthorizationRequest.Builder builder =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri(issuer + "/oauth/authorize")
            .clientId(client.id())
            .redirectUri(OAuthClient.CALLBACK)
            .scope("b")
            .state("s t=&");
    OAuth2AuthorizationRequestCustomizers.withPkce().accept(builder);
    OAuth2AuthorizationRequest request = builder.build();

    Map<String, String> answered =
        Consent.query(consent.decides(URI.create(request.getAuthorizationRequestUri()), "approve"));
    assertThat(answered).containsEntry("state", "s t=&");
    OAuth2AccessToken token =
        new RestClientAuthorizationCodeTokenResponseClient()
            .getTokenResponse(
                new OAuth2AuthorizationCodeGrantRequest(
                    registration,
                    new OAuth2AuthorizationExchange(
                        request,
                        OAuth2AuthorizationResponse.success(answered.getOrDefault("code", ""))
                            .redirectUri(OAuthClient.CALLBACK)
                            .state("s t=&")
                            .build())))
            .getAccessToken();

    assertThat(token.getScopes()).containsExactly("b");
    isAdmitted(token);
  }

  private ClientRegistration.Builder registration(AuthorizationGrantType grant) {
    return ClientRegistration.withRegistrationId("latchkey")
        .clientId(client.id())
        .clientSecret(client.secret())
        .authorizationGrantType(grant)
        .tokenUri(issuer + "/oauth/token");
  }

  private void isAdmitted(OAuth2AccessToken token) {
    latchkey
        .calls("/sample/whoami")
        .bearing(latchkey.secrets().seen(token.getTokenValue()))
        .isAdmitted();
  }

  @Test
  void springSecuritysIntrospectorTellsActiveTokensFromOthers() {
    OpaqueTokenIntrospector introspector =
        SpringOpaqueTokenIntrospector.withIntrospectionUri(issuer + "/oauth/introspect")
            .clientId(gateway.id())
            .clientSecret(gateway.secret())
            .build();
    String token = client.token();

    OAuth2AuthenticatedPrincipal known = introspector.introspect(token);

    assertThat(known.getName()).isEqualTo(client.id());
    assertThat(known.getAuthorities()).extracting(Object::toString).contains("SCOPE_a", "SCOPE_b");
    client.asks("revoke", Map.of("token", token)).hasStatus(200);
    assertThatThrownBy(() -> introspector.introspect(token))
        .isInstanceOf(BadOpaqueTokenException.class);
    assertThatThrownBy(() -> introspector.introspect("nonsense"))
        .isInstanceOf(BadOpaqueTokenException.class);
  }

  @ParameterizedTest
  @CsvSource({"python, call.py, python3", "curl, call.sh, bash"})
  @DisplayName("the lines of docs/oauth.md work as they stand there")
  void documentedLinesWork(String name, String file, String program) throws Exception {
    assumeTrue(isInstalled(program) && isInstalled("curl"), program + " is not installed");

    assertThat(outputOf(program, file, documented(name)))
        .contains("\"clientId\":\"" + client.id() + '"');
  }

  private String documented(String name) throws IOException {
    String page = Files.readString(Path.of(Installation.setting("tested.docs"), "oauth.md"), UTF_8);
    int at = page.indexOf("<!-- " + name + " -->");
    assertThat(at).as("lines for " + name).isNotNegative();
    int from = page.indexOf('\n', page.indexOf("```", at)) + 1;
    return page.substring(from, page.indexOf("```", from))
        .replace("https://host/latchkey", issuer)
        .replace("CLIENT_ID", client.id());
  }

  private String outputOf(String program, String file, String lines) throws Exception {
    Path written = Files.writeString(folder.resolve(file), lines, UTF_8);
    File output = folder.resolve("output").toFile();
    ProcessBuilder command =
        new ProcessBuilder(program, written.toString())
            .redirectErrorStream(true)
            .redirectOutput(output);
    command.environment().put("LATCHKEY_CLIENT_SECRET", client.secret());
    command.environment().put("API_URL", latchkey.installation().uri("/sample/whoami").toString());
    Process process = command.start();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(program).isTrue();
    return Files.readString(output.toPath(), UTF_8);
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}
