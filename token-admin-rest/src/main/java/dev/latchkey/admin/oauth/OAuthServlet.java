package dev.latchkey.admin.oauth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.AdminUsers;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.admin.signin.ServletSignIn;
import dev.latchkey.admin.signin.Sessions;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.oauth.Client;
import dev.latchkey.core.oauth.OAuthError;
import dev.latchkey.core.oauth.OAuthGrants;
import dev.latchkey.core.oauth.OAuthRefusedException;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.ClientCertificate;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.core.verify.Verdict;
import jakarta.json.JsonObject;
import jakarta.persistence.PersistenceException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The endpoints below {@code /oauth}: who may call them, how often, and what they answer. */
public final class OAuthServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = System.getLogger(OAuthServlet.class.getName());
  private static final String RETRY_AFTER_SECONDS = "5";

  private final transient SecureRandom random = new SecureRandom();
  private final transient RateLimits limits = new RateLimits(Ticker.systemTicker());

  /** For the container. */
  public OAuthServlet() {}

  /** The caller may not ask this. */
  private static final class NotAllowedHereException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotAllowedHereException() {
      super("the scope is missing", null, false, false);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      route(request, response);
    } catch (OAuthRefusedException refused) {
      if (refused.error() == OAuthError.INVALID_CLIENT) {
        limits.failed(address(request));
      }
      OAuthAnswer.refusal(response, refused);
    } catch (RateLimits.ExceededException exceeded) {
      OAuthAnswer.tooMany(response, exceeded.delay());
    } catch (ServletSignIn.TooManyException exceeded) {
      OAuthAnswer.tooMany(response, exceeded.delay());
    } catch (NotAllowedHereException refused) {
      OAuthAnswer.error(
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "insufficient_scope",
          "This needs the scope " + OAuthGrants.INTROSPECT + ".");
    } catch (Parameters.TooLargeException tooLarge) {
      OAuthAnswer.error(
          response,
          HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
          OAuthError.INVALID_REQUEST.toString(),
          "The body is too large.");
    } catch (StoreUnavailableException | PersistenceException unavailable) {
      LOG.log(Level.WARNING, "the database could not be used", unavailable);
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
      OAuthAnswer.error(
          response,
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "temporarily_unavailable",
          "The database can't be used at the moment. Try again.");
    }
  }

  private void route(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String endpoint = String.valueOf(request.getPathInfo());
    switch (endpoint) {
      case "/token", "/introspect", "/revoke", "/leaked" -> {
        if (!"POST".equals(request.getMethod())) {
          notThisMethod(response, "POST");
          return;
        }
        limits.request(address(request));
        post(endpoint, request, response);
      }
      case "/authorize" -> authorize(request, response);
      default ->
          OAuthAnswer.error(
              response,
              HttpServletResponse.SC_NOT_FOUND,
              OAuthError.INVALID_REQUEST.toString(),
              "There is no such endpoint.");
    }
  }

  private void post(String endpoint, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    OAuthGrants grants = service(OAuthGrants.class);
    String address = address(request);
    if (endpoint.equals("/leaked")) {
      limits.report(address);
      leaked(grants, request, response, address);
      return;
    }
    Parameters parameters = Parameters.ofForm(request);
    switch (endpoint) {
      case "/token" -> {
        Client client = client(grants, request, parameters, address);
        OAuthAnswer.ok(
            response,
            TokenEndpoint.answer(grants, client, parameters, address, certificate(request)));
      }
      case "/introspect" -> {
        requireMayIntrospect(grants, request, parameters, address);
        JsonObject answer = IntrospectionEndpoint.answer(grants, parameters, issuer(request));
        // For proxies, which see fields and no body.
        response.setHeader("Latchkey-Active", Boolean.toString(answer.getBoolean("active")));
        OAuthAnswer.ok(response, answer);
      }
      default -> {
        Client client = client(grants, request, parameters, address);
        grants.revoke(client, parameters.required("token"), address);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Pragma", "no-cache");
      }
    }
  }

  private static void leaked(
      OAuthGrants grants, HttpServletRequest request, HttpServletResponse response, String address)
      throws IOException {
    String type = String.valueOf(request.getContentType()).split(";", 2)[0].strip();
    if (!type.equalsIgnoreCase("application/json")) {
      OAuthAnswer.error(
          response,
          HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
          OAuthError.INVALID_REQUEST.toString(),
          "The body must be application/json.");
      return;
    }
    Optional<List<String>> texts = LeakEndpoint.texts(request.getInputStream());
    if (texts.isEmpty()) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_REQUEST, "The body must be {tokens: [...]} with at most 1000 texts.");
    }
    grants.reportLeaked(texts.get(), address);
    // The same whether any of them is of this installation.
    response.setHeader("Cache-Control", "no-store");
    response.setStatus(HttpServletResponse.SC_ACCEPTED);
  }

  private Client client(
      OAuthGrants grants, HttpServletRequest request, Parameters parameters, String address) {
    ClientCredentials credentials = ClientCredentials.of(request, parameters);
    Client client =
        grants
            .authenticate(credentials.id(), credentials.secret(), address)
            .orElseThrow(ClientCredentials::failed);
    limits.client(client.id());
    return client;
  }

  // RFC 7662 §2.1: a client, a bearer token, or here also an admin user.
  private void requireMayIntrospect(
      OAuthGrants grants, HttpServletRequest request, Parameters parameters, String address) {
    @Nullable String header = ClientCredentials.header(request);
    @Nullable String bearer = header == null ? null : ClientCredentials.behind("Bearer", header);
    if (bearer != null) {
      requireScope(bearer, request, address);
      return;
    }
    @Nullable String basic = header == null ? null : ClientCredentials.behind("Basic", header);
    if (basic != null && isPerson(grants, ClientCredentials.of(request, parameters).id())) {
      if (signIn().byBasic(basic, address).isEmpty()) {
        throw ClientCredentials.failed();
      }
      return;
    }
    if (!client(grants, request, parameters, address).scopes().contains(OAuthGrants.INTROSPECT)) {
      throw new NotAllowedHereException();
    }
  }

  // Names of people have no capital letters; nearly all Client IDs have one. So whether a Client ID
  // is known is not told by what it takes to check a password (security requirement B2).
  private static boolean isPerson(OAuthGrants grants, String id) {
    return id.chars().noneMatch(c -> c >= 'A' && c <= 'Z') && !grants.isClient(id);
  }

  private void requireScope(String bearer, HttpServletRequest request, String address) {
    TokenVerifier verifier = service(LatchkeyNode.class).verifier();
    Verdict verdict =
        BearerToken.parse(bearer).<Verdict>map(verifier::verify).orElse(Verdict.Refused.MALFORMED);
    if (verdict instanceof Verdict.Unavailable) {
      throw new StoreUnavailableException("the token can't be checked at the moment");
    }
    if (!(verdict instanceof Grant grant)
        || !verifier.accepts(grant, address, () -> certificate(request))) {
      throw ClientCredentials.failed();
    }
    boolean may =
        grant.scopes().contains(OAuthGrants.INTROSPECT)
            || Role.ofScopes(grant.scopes()).isPresent();
    if (!may) {
      verifier.refused(grant, RefusalReason.SCOPE);
      throw new NotAllowedHereException();
    }
    grant.used(verifier.millisAt(verifier.ticks()), address);
  }

  private void authorize(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    AuthorizationEndpoint endpoint =
        new AuthorizationEndpoint(service(OAuthGrants.class), signIn(), random);
    String address = address(request);
    switch (request.getMethod()) {
      case "GET", "HEAD" -> {
        limits.request(address);
        endpoint.show(request, response, issuer(request), address);
      }
      case "POST" -> {
        limits.request(address);
        endpoint.decide(request, response, issuer(request), address);
      }
      default -> notThisMethod(response, "GET, HEAD, POST");
    }
  }

  private static void notThisMethod(HttpServletResponse response, String allowed)
      throws IOException {
    response.setHeader("Allow", allowed);
    OAuthAnswer.error(
        response,
        HttpServletResponse.SC_METHOD_NOT_ALLOWED,
        OAuthError.INVALID_REQUEST.toString(),
        "This endpoint takes " + allowed + ".");
  }

  private String issuer(HttpServletRequest request) {
    return new Issuer(settings()).of(request);
  }

  private Settings settings() {
    return Running.configured(getServletContext(), Settings.class);
  }

  private ServletSignIn signIn() {
    return new ServletSignIn(service(AdminUsers.class), service(Sessions.class), random);
  }

  private String address(HttpServletRequest request) {
    return addresses().of(request.getRemoteAddr(), request::getHeaders);
  }

  private @Nullable CertificateThumbprint certificate(HttpServletRequest request) {
    return ClientCertificate.of(
        addresses(), request.getRemoteAddr(), request::getAttribute, request::getHeaders);
  }

  private ClientAddress addresses() {
    return Running.configured(getServletContext(), ClientAddress.class);
  }

  private <T> T service(Class<T> type) {
    return Running.service(getServletContext(), type);
  }
}
