package dev.latchkey.admin.signin;

import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.AdminUsers.SignIn;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.ClientCertificate;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.core.verify.Verdict;
import jakarta.annotation.Priority;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls, before it matters what for: nobody else learns which addresses there are.
 * Takes HTTP Basic of an admin user, a bearer token with a {@code latchkey:*} scope, and whom the
 * server has authenticated in a role {@code latchkey-*}.
 */
@Provider
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public final class SignInFilter implements ContainerRequestFilter {

  private static final Logger LOG = System.getLogger(SignInFilter.class.getName());

  /** Where {@link ForAnyone} methods are. */
  private static final Set<String> FOR_ANYONE =
      Set.of("POST session", "GET session/ways", "POST handovers/inspect", "POST handovers/open");

  private final Supplier<AdminUsers> users;
  private final Supplier<Sessions> sessions;
  private final Supplier<TokenVerifier> verifier;
  private final Supplier<ClientAddress> addresses;
  private final Clock clock;
  private final AtomicBoolean toldOfProxy = new AtomicBoolean();

  @Context private HttpServletRequest http;

  /** A filter on what runs in this application, or throws when nothing does yet. */
  @SuppressWarnings("NullAway") // the request is injected
  public SignInFilter(@Context ServletContext context) {
    this.users = () -> Running.service(context, AdminUsers.class);
    this.sessions = () -> Running.service(context, Sessions.class);
    this.verifier = () -> Running.service(context, LatchkeyNode.class).verifier();
    this.addresses = () -> Running.configured(context, ClientAddress.class);
    this.clock = Clock.systemUTC();
  }

  /** A request is answered here. */
  private static final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Response response;

    Refusal(Response response) {
      super("refused", null, false, false);
      this.response = response;
    }
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (isForAnyone(request)) {
      return;
    }
    try {
      Caller caller = caller(request);
      request.setSecurityContext(new SignedIn(caller, request.getSecurityContext()));
    } catch (Refusal refusal) {
      request.abortWith(refusal.response);
    }
  }

  private static boolean isForAnyone(ContainerRequestContext request) {
    String path = request.getUriInfo().getPath();
    return FOR_ANYONE.contains(
        request.getMethod() + ' ' + (path.startsWith("/") ? path.substring(1) : path));
  }

  private Caller caller(ContainerRequestContext request) {
    List<String> headers = request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
    if (headers.size() > 1) {
      throw malformed();
    }
    Optional<Caller> ofServer = ofServer(request);
    if (ofServer.isPresent()) {
      return ofServer.get();
    }
    if (headers.isEmpty()) {
      return ofSession();
    }
    String header = headers.get(0).strip();
    int space = header.indexOf(' ');
    String scheme = space < 0 ? header : header.substring(0, space);
    String rest = space < 0 ? "" : header.substring(space).strip();
    if (scheme.equalsIgnoreCase("Basic")) {
      return ofBasic(BasicCredentials.parse(rest).orElseThrow(SignInFilter::malformed));
    }
    if (scheme.equalsIgnoreCase("Bearer")) {
      return ofBearer(BearerToken.parse(rest).orElseThrow(SignInFilter::malformed));
    }
    throw unauthorized("Sign in with HTTP Basic or a bearer token.");
  }

  private Optional<Caller> ofServer(ContainerRequestContext request) {
    SecurityContext context = request.getSecurityContext();
    @Nullable Principal principal = context == null ? null : context.getUserPrincipal();
    if (principal == null) {
      return Optional.empty();
    }
    endOldSession();
    return Role.greatest(role -> context.isUserInRole("latchkey-" + role))
        .map(role -> Caller.ofServer(principal.getName(), address(), role));
  }

  // The server ends what is idle; what is used for ever is ours to end.
  private void endOldSession() {
    HttpSession session = http.getSession(false);
    long longest = AdminSession.LONGEST.toMillis();
    if (session != null && clock.millis() - session.getCreationTime() >= longest) {
      session.invalidate();
      throw unauthorized("The session has ended. Sign in again.");
    }
  }

  private Caller ofSession() {
    String cookie = Browser.cookie(http);
    // A page of another site gets nothing for the cookie that the browser may send with it.
    if (cookie == null || Browser.fromElsewhere(http)) {
      throw unauthorized("Sign in with HTTP Basic or a bearer token.");
    }
    return sessions
        .get()
        .find(cookie, address())
        .map(session -> Caller.by(session, address()))
        .orElseThrow(() -> unauthorized("The session has ended. Sign in again."));
  }

  private Caller ofBasic(BasicCredentials credentials) {
    SignIn signIn = users.get().signIn(credentials, address());
    if (signIn instanceof SignIn.Accepted accepted) {
      if (accepted.user().secondFactorOn()) {
        throw forbidden(
            new Actor(accepted.user().name(), address()),
            "HTTP Basic has no room for the code of your second factor; use an access token with"
                + " one of the scopes latchkey:viewer, :operator and :admin");
      }
      return Caller.by(
          Caller.By.BASIC, new Actor(accepted.user().name(), address()), accepted.role());
    }
    if (signIn instanceof SignIn.TooMany tooMany) {
      throw new Refusal(tooMany.response());
    }
    throw unauthorized("The name or the password is wrong.");
  }

  private Caller ofBearer(BearerToken token) {
    Verdict verdict = verifier.get().verify(token);
    if (verdict instanceof Verdict.Unavailable) {
      throw new Refusal(
          ProblemMapper.problem(503, "The token can't be checked at the moment. Try again.")
              .header(HttpHeaders.RETRY_AFTER, 5)
              .build());
    }
    if (!(verdict instanceof Grant grant)
        || !verifier.get().accepts(grant, address(), this::certificate)) {
      throw unauthorized("The access token is not active.");
    }
    Actor actor = new Actor("third-party:" + grant.clientId(), address());
    Optional<Role> role = Role.ofScopes(grant.scopes());
    if (role.isEmpty()) {
      verifier.get().refused(grant, RefusalReason.SCOPE);
      throw forbidden(actor, "the token has no scope latchkey:viewer, :operator or :admin");
    }
    grant.used(clock.millis(), address());
    return Caller.by(Caller.By.TOKEN, actor, role.get());
  }

  private Refusal forbidden(Actor actor, String reason) {
    users.get().recordRefusal(actor, Map.of("method", http.getMethod(), "reason", reason));
    return new Refusal(ProblemMapper.problem(403, "Not allowed: " + reason + ".").build());
  }

  private Refusal unauthorized(String detail) {
    Response.ResponseBuilder response = ProblemMapper.problem(401, detail);
    // At a Basic challenge a browser would open a window of its own over the console.
    if (http.getHeader(Browser.CONSOLE_HEADER) == null) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"latchkey\", charset=\"UTF-8\"");
    }
    return new Refusal(
        response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"latchkey\"").build());
  }

  private static Refusal malformed() {
    return new Refusal(
        ProblemMapper.problem(400, "There must be one well-formed Authorization header.").build());
  }

  private @Nullable CertificateThumbprint certificate() {
    return ClientCertificate.of(
        addresses.get(), http.getRemoteAddr(), http::getAttribute, http::getHeaders);
  }

  private String address() {
    tellOfProxy(http.getRemoteAddr());
    return addresses.get().of(http.getRemoteAddr(), http::getHeaders);
  }

  private void tellOfProxy(String peer) {
    if (http.getHeader("X-Forwarded-For") != null
        && !addresses.get().viaTrustedProxy(peer)
        && toldOfProxy.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "a request from "
              + peer
              + " has X-Forwarded-For, which is not believed. If this is your proxy, name it in "
              + Key.FILTER_TRUSTED_PROXIES
              + ": until then all who come through it have one address");
    }
  }

  private record SignedIn(Caller caller, @Nullable SecurityContext before)
      implements SecurityContext {

    @Override
    public Principal getUserPrincipal() {
      return caller;
    }

    @Override
    public boolean isUserInRole(String role) {
      return Role.greatest(each -> each.toString().equals(role))
          .map(caller.role()::includes)
          .orElse(false);
    }

    @Override
    public boolean isSecure() {
      return before != null && before.isSecure();
    }

    @Override
    public @Nullable String getAuthenticationScheme() {
      return null;
    }
  }
}
