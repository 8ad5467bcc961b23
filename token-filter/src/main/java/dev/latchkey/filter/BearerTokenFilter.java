package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.verify.Grant;
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
  private final boolean answersForwardAuth;
  private final OutageLog unexpected;
  private final AtomicBoolean strangerTold = new AtomicBoolean();
  private @Nullable Guard guard;
  private @Nullable SharedNode node;

  /** For the container. */
  public BearerTokenFilter() {
    this(Clock.systemUTC(), false);
  }

  /**
   * A filter.
   *
   * @param answersForwardAuth whether it is also the forward-auth endpoint of our own WAR
   */
  BearerTokenFilter(Clock clock, boolean answersForwardAuth) {
    this.clock = clock;
    this.answersForwardAuth = answersForwardAuth;
    this.unexpected =
        new OutageLog(
            LOG,
            clock,
            "a check failed for a reason that should not be; such requests are answered 503",
            "checks do not fail any more");
  }

  /** A filter that is ready without {@link #init}. */
  BearerTokenFilter(Guard guard, Clock clock) {
    this(clock, guard.forwardAuth != null);
    this.guard = guard;
  }

  /** What it takes to guard. */
  record Guard(
      Gate gate,
      Challenge challenge,
      @Nullable ResourceMetadata metadata,
      @Nullable ForwardAuth forwardAuth,
      boolean checksForwards) {

    static Guard of(Settings settings, Gate gate, boolean answersForwardAuth) {
      ResourceMetadata metadata =
          settings.get(Key.FILTER_RESOURCE_METADATA)
              ? new ResourceMetadata(settings, gate.rules().scopes(), gate.addresses())
              : null;
      Challenge challenge = new Challenge(settings.get(Key.FILTER_REALM), metadata);
      return new Guard(
          gate,
          challenge,
          metadata,
          answersForwardAuth ? new ForwardAuth(gate, challenge) : null,
          settings.get(Key.FILTER_CHECK_FORWARDS));
    }
  }

  /** Reads the configuration and begins to open the database; does not wait for it. */
  @Override
  public void init(FilterConfig config) {
    try {
      Map<String, String> parameters = new HashMap<>();
      for (String name : Collections.list(config.getInitParameterNames())) {
        parameters.put(name, config.getInitParameter(name));
      }
      Settings settings = Settings.load(parameters, config.getServletContext().getClassLoader());
      Gate gate = new Gate(settings, () -> node == null ? null : node.verifier(), clock);
      guard = Guard.of(settings, gate, answersForwardAuth);
      node = SharedNode.of(config.getServletContext(), settings, clock);
    } catch (InvalidConfigurationException invalid) {
      guard = null;
      LOG.log(Level.ERROR, "everything is answered 503: " + invalid.getMessage());
    } catch (RuntimeException | Error broken) {
      guard = null;
      LOG.log(Level.ERROR, "everything is answered 503: the filter could not start", broken);
    }
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
    String method = request.getMethod();
    if (mine.forwardAuth != null && ForwardAuth.isAt(path)) {
      mine.forwardAuth.answer(request, path, response);
      return null;
    }
    if (mine.metadata != null && ResourceMetadata.isAt(path) && reads(method)) {
      mine.metadata.write(request, response);
      return null;
    }
    String other = RequestPath.withoutParameters(request);
    if (!mine.gate.covers(path) && (other == null || !mine.gate.covers(other))) {
      return request;
    }
    if (RequestPath.ambiguous(request.getRequestURI())) {
      mine.challenge.write(Refused.AMBIGUOUS_PATH, request, response);
      return null;
    }
    boolean excluded = !mine.gate.guards(path) && (other == null || !mine.gate.guards(other));
    if (excluded || mine.gate.letsThrough(request, method)) {
      return request;
    }
    Grant earlier = AuthenticatedRequest.grantOf(request);
    if (earlier != null) {
      Refused refused = mine.gate.refusal(earlier, request, method, path, other);
      return refused == null ? request : refused(mine, refused, request, response);
    }
    Decision decision = mine.gate.decide(request, method, path, other);
    return decision instanceof Admitted admitted
        ? admitted(mine, admitted.grant(), request, response)
        : refused(mine, (Refused) decision, request, response);
  }

  private @Nullable HttpServletRequest admitted(
      Guard mine, Grant grant, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getUserPrincipal() != null) {
      if (strangerTold.compareAndSet(false, true)) {
        LOG.log(
            Level.ERROR,
            "a request came with a principal of the container and with a token: the application"
                + " must use one of the two for a path; such requests are answered 503");
      }
      return refused(mine, Refused.UNAVAILABLE, request, response);
    }
    // RFC 6750 §5.3: what one client gets, a shared cache must not give to another.
    if (!response.containsHeader("Cache-Control")) {
      response.setHeader("Cache-Control", "private");
    }
    return new AuthenticatedRequest(request, grant);
  }

  private static @Nullable HttpServletRequest refused(
      Guard mine, Refused refused, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // An include can set no status; with a body it would stand in a page that says 200.
    if (request.getDispatcherType() != DispatcherType.INCLUDE) {
      mine.challenge.write(refused, request, response);
    }
    return null;
  }

  private @Nullable HttpServletRequest checkedAgain(
      Guard mine, HttpServletRequest request, HttpServletResponse response) throws IOException {
    Grant grant = AuthenticatedRequest.grantOfDispatched(request);
    if (mine.checksForwards) {
      String path = reached(request);
      if (path != null && mine.gate.guards(path)) {
        Decision decision = grant == null ? mine.gate.authenticate(request) : new Admitted(grant);
        Refused refused =
            decision instanceof Admitted admitted
                ? mine.gate.refusal(admitted.grant(), request, request.getMethod(), path, null)
                : (Refused) decision;
        if (refused != null) {
          return refused(mine, refused, request, response);
        }
        if (grant == null) {
          return admitted(mine, ((Admitted) decision).grant(), request, response);
        }
      }
    }
    return grant == null || AuthenticatedRequest.grantOf(request) != null
        ? request
        : new AuthenticatedRequest(request, grant);
  }

  /** The path that a forward or an include reaches; null for other dispatches. */
  private static @Nullable String reached(HttpServletRequest request) {
    return switch (request.getDispatcherType()) {
      case FORWARD -> RequestPath.dispatched(request);
      case INCLUDE -> RequestPath.included(request);
      default -> null;
    };
  }

  private static boolean reads(String method) {
    return "GET".equals(method) || "HEAD".equals(method);
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
