package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.thirdparty.MetricsNetworks;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.filter.Decision.Admitted;
import dev.latchkey.filter.Decision.Refused;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in only with an active token (RFC 6750). What gets in has a {@link
 * ThirdPartyPrincipal}; everything else is answered here and never reaches the application.
 *
 * <p>Registers itself where its jar is in {@code WEB-INF/lib}; may also be declared in {@code
 * web.xml}, where init parameters are configuration keys without {@code latchkey.}, or added by
 * code. Supports asynchronous requests. A request is checked once, whatever it is dispatched to.
 *
 * <p>{@link #init} never throws: some servers serve an application without the filter that threw.
 * What can't start answers 503.
 */
public final class BearerTokenFilter implements Filter {

  private static final Logger LOG = System.getLogger(BearerTokenFilter.class.getName());

  private final Clock clock;
  private final Door door;
  private final OutageLog unexpected;
  private final AtomicBoolean wrongTold = new AtomicBoolean();
  private @Nullable Guard guard;
  private @Nullable SharedNode node;
  private @Nullable IssuerMetadata issuer;
  private @Nullable MetricsEndpoint metrics;

  /** For the container. */
  public BearerTokenFilter() {
    this(Clock.systemUTC(), Door.FILTER);
  }

  /**
   * A filter.
   *
   * @param door by which requests come in
   */
  BearerTokenFilter(Clock clock, Door door) {
    this.clock = clock;
    this.door = door;
    this.unexpected =
        new OutageLog(
            LOG,
            clock,
            "a check failed for a reason that should not be; such requests are answered 503",
            "checks do not fail any more");
  }

  /** A filter that is ready without {@link #init}. */
  BearerTokenFilter(Guard guard, Clock clock) {
    this(guard, clock, guard.forwardAuth() == null ? Door.FILTER : Door.FORWARD_AUTH);
  }

  BearerTokenFilter(Guard guard, Clock clock, Door door) {
    this(clock, door);
    this.guard = guard;
  }

  /** Reads the configuration and opens the database; does not wait long for one that is away. */
  @Override
  public void init(FilterConfig config) {
    try {
      Map<String, String> parameters = new HashMap<>();
      for (String name : Collections.list(config.getInitParameterNames())) {
        parameters.put(name, config.getInitParameter(name));
      }
      Settings settings = ApplicationSettings.of(parameters, config.getServletContext());
      door.allowedBy(settings);
      Gate gate = new Gate(settings, this::verifier);
      MetricsNetworks networks = MetricsNetworks.configured(settings, gate.addresses());
      Guard made = Guard.of(settings, gate, door == Door.FORWARD_AUTH);
      issuer = door == Door.FORWARD_AUTH ? IssuerMetadata.configured(settings) : null;
      SharedNode shared = SharedNode.of(config.getServletContext(), settings, clock);
      node = shared;
      shared.metrics().add(made.challenge().counts());
      metrics =
          door == Door.FORWARD_AUTH
              ? new MetricsEndpoint(networks, gate, made.challenge(), shared.metrics())
              : null;
      guard = made;
      if (door != Door.MECHANISM) {
        Protection.log(
            settings, gate.rules(), door, config.getServletContext(), config.getFilterName());
      }
    } catch (InvalidConfigurationException invalid) {
      guard = null;
      LOG.log(Level.ERROR, "everything is answered 503: " + invalid.getMessage());
    } catch (RuntimeException | Error broken) {
      guard = null;
      LOG.log(Level.ERROR, "everything is answered 503: the filter could not start", broken);
    }
  }

  private @Nullable TokenVerifier verifier() {
    // Once: destroy may take it away between two reads.
    SharedNode checking = node;
    return checking == null ? null : checking.verifier();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("not an HTTP request");
    }
    HttpServletRequest passed;
    try {
      passed = checked(http, httpResponse);
    } catch (RuntimeException | LinkageError broken) {
      unexpected.failed(broken);
      ClosedFilter.answer(httpResponse);
      return;
    }
    if (passed != null) {
      chain.doFilter(passed, response);
    }
  }

  /** The request to pass on; null when it is answered already. */
  private @Nullable HttpServletRequest checked(
      HttpServletRequest request, HttpServletResponse response) throws IOException {
    Guard mine = guard;
    if (mine == null) {
      ClosedFilter.answer(response);
      return null;
    }
    return request.getDispatcherType() == DispatcherType.REQUEST
        ? checkedFirst(mine, request, response)
        : checkedAgain(mine, request, response);
  }

  private @Nullable HttpServletRequest checkedFirst(
      Guard mine, HttpServletRequest request, HttpServletResponse response) throws IOException {
    String path = RequestPath.dispatched(request);
    if (door == Door.FORWARD_AUTH && answeredForProxy(mine, path, request, response)) {
      return null;
    }
    ResourceMetadata metadata = mine.metadataAt(path, request);
    if (metadata != null) {
      metadata.write(request, response);
      return null;
    }
    HttpServletRequest known = door == Door.MECHANISM ? knownToMechanism(request) : request;
    Decision decision = mine.gate().decide(known);
    if (decision instanceof Refused refused) {
      return refused(mine, refused, request, response);
    }
    return decision instanceof Admitted admitted
        ? admitted(mine, admitted.grant(), request, response)
        : known;
  }

  /** Whether it was a question of a proxy, or is answered so that no proxy takes it for a leave. */
  private boolean answeredForProxy(
      Guard mine, String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // A proxy that asks takes whatever is answered 2xx for a leave, also what it did not ask for.
    if (RequestPath.ambiguous(request.getRequestURI())) {
      refused(mine, Refused.AMBIGUOUS_PATH, request, response);
      return true;
    }
    SharedNode checking = node;
    if (checking != null && Health.isAt(path, request)) {
      new Health(checking::checks).answer(path, request, response);
      return true;
    }
    MetricsEndpoint counted = metrics;
    if (counted != null && MetricsEndpoint.isAt(path, request)) {
      counted.answer(request, response);
      return true;
    }
    IssuerMetadata document = issuer;
    if (document != null && document.isAt(path, request)) {
      document.answer(request, response);
      return true;
    }
    ForwardAuth forwardAuth = mine.forwardAuth();
    if (forwardAuth == null || !ForwardAuth.isAt(path)) {
      return false;
    }
    forwardAuth.answer(request, path, response);
    return true;
  }

  /** The request as one that got in, where the mechanism has let it in. */
  private static HttpServletRequest knownToMechanism(HttpServletRequest request) {
    Grant grant = AuthenticatedRequest.grantOfDispatched(request);
    return grant == null ? request : new AuthenticatedRequest(request, grant, true);
  }

  private @Nullable HttpServletRequest admitted(
      Guard mine, Grant grant, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String wrong = wrongWithAdmitted(request);
    if (wrong != null) {
      if (wrongTold.compareAndSet(false, true)) {
        LOG.log(Level.ERROR, wrong + "; such requests are answered 503");
      }
      return refused(mine, Refused.UNAVAILABLE, request, response);
    }
    keepFromSharedCaches(response);
    return new AuthenticatedRequest(request, grant, false);
  }

  private @Nullable String wrongWithAdmitted(HttpServletRequest request) {
    if (door == Door.MECHANISM) {
      return "latchkey.mechanism = \"true\", but the server did not ask the mechanism: the"
          + " application needs CDI and Jakarta Security";
    }
    return request.getUserPrincipal() == null
        ? null
        : "a request came with a principal of the container and with a token: the application"
            + " must use one of the two for a path";
  }

  // RFC 6750 §5.3: what one client gets, a shared cache must not give to another.
  static void keepFromSharedCaches(HttpServletResponse response) {
    if (!response.containsHeader("Cache-Control")) {
      response.setHeader("Cache-Control", "private");
    }
  }

  private static @Nullable HttpServletRequest refused(
      Guard mine, Refused refused, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // An include can set no status; with a body it would stand in a page that says 200.
    if (request.getDispatcherType() != DispatcherType.INCLUDE) {
      mine.challenge().write(refused, request, response);
    }
    return null;
  }

  private @Nullable HttpServletRequest checkedAgain(
      Guard mine, HttpServletRequest request, HttpServletResponse response) throws IOException {
    Grant grant = AuthenticatedRequest.grantOfDispatched(request);
    if (mine.checksForwards()) {
      String path = reached(request);
      if (path != null && mine.gate().guards(path)) {
        if (!RequestMethod.wellFormed(request.getMethod())) {
          return refused(mine, Refused.MALFORMED_METHOD, request, response);
        }
        Decision decision =
            grant == null ? mine.gate().authenticate(request) : Decision.Open.INSTANCE;
        Grant caller = decision instanceof Admitted admitted ? admitted.grant() : grant;
        Refused refused =
            caller == null
                ? (Refused) decision
                : mine.gate().refusal(caller, request, request.getMethod(), path, null);
        if (refused != null) {
          return refused(mine, refused, request, response);
        }
        if (decision instanceof Admitted admitted) {
          return admitted(mine, admitted.grant(), request, response);
        }
      }
    }
    return grant == null || AuthenticatedRequest.grantOf(request) != null
        ? request
        : new AuthenticatedRequest(request, grant, door == Door.MECHANISM);
  }

  /** The path that a forward or an include reaches; null for other dispatches. */
  private static @Nullable String reached(HttpServletRequest request) {
    return switch (request.getDispatcherType()) {
      case FORWARD -> RequestPath.dispatched(request);
      case INCLUDE -> RequestPath.included(request);
      default -> null;
    };
  }

  /** Ends the threads and closes the database. */
  @Override
  public void destroy() {
    SharedNode mine = node;
    node = null;
    guard = null;
    if (mine != null) {
      mine.close();
    }
  }
}
