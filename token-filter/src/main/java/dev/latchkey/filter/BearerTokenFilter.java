package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
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
import java.util.List;
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
  private final AtomicBoolean strangerTold = new AtomicBoolean();
  private @Nullable Guard guard;
  private @Nullable SharedNode node;

  /** For the container. */
  public BearerTokenFilter() {
    this(Clock.systemUTC());
  }

  private BearerTokenFilter(Clock clock) {
    this.clock = clock;
  }

  /** A filter that is ready without {@link #init}. */
  BearerTokenFilter(Guard guard, Clock clock) {
    this(clock);
    this.guard = guard;
  }

  /** What it takes to guard. */
  record Guard(
      Gate gate, Challenge challenge, @Nullable ResourceMetadata metadata, boolean checksForwards) {

    static Guard of(Settings settings, Gate gate) {
      ResourceMetadata metadata =
          settings.get(Key.FILTER_RESOURCE_METADATA)
              ? new ResourceMetadata(settings, gate.rules().scopes(), gate.addresses())
              : null;
      return new Guard(
          gate,
          new Challenge(settings.get(Key.FILTER_REALM), metadata),
          metadata,
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
      guard = Guard.of(settings, gate);
      node = SharedNode.of(config.getServletContext(), settings, clock);
    } catch (InvalidConfigurationException invalid) {
      guard = null;
      LOG.log(Level.ERROR, "everything is answered 503: " + invalid.getMessage());
    } catch (RuntimeException | LinkageError broken) {
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
    HttpServletRequest passed = checked(http, httpResponse);
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
    if (mine.metadata != null && ResourceMetadata.isAt(path) && reads(method)) {
      mine.metadata.write(request, response);
      return null;
    }
    String other = RequestPath.withoutParameters(request);
    if (!mine.gate.guards(path) && (other == null || !mine.gate.guards(other))) {
      return request;
    }
    if (RequestPath.ambiguous(request.getRequestURI())) {
      mine.challenge.write(Refused.AMBIGUOUS_PATH, request, response);
      return null;
    }
    if (mine.gate.letsThrough(request, method)) {
      return request;
    }
    Grant earlier = AuthenticatedRequest.grantOf(request);
    if (earlier != null) {
      return checkedByAnother(mine, earlier, request, method, path, response);
    }
    Decision decision =
        other == null
            ? mine.gate.decide(request, method, path)
            : mine.gate.decide(request, List.of(method), List.of(path, other));
    if (decision instanceof Admitted admitted) {
      return admitted(mine, admitted.grant(), request, response);
    }
    mine.challenge.write((Refused) decision, request, response);
    return null;
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
      mine.challenge.write(Refused.UNAVAILABLE, request, response);
      return null;
    }
    // RFC 6750 §5.3: what one client gets, a shared cache must not give to another.
    response.setHeader("Cache-Control", "private");
    return new AuthenticatedRequest(request, grant);
  }

  private static @Nullable HttpServletRequest checkedByAnother(
      Guard mine,
      Grant grant,
      HttpServletRequest request,
      String method,
      String path,
      HttpServletResponse response)
      throws IOException {
    Refused refused = mine.gate.authorize(grant, method, path);
    if (refused == null) {
      return request;
    }
    mine.challenge.write(refused, request, response);
    return null;
  }

  private static @Nullable HttpServletRequest checkedAgain(
      Guard mine, HttpServletRequest request, HttpServletResponse response) throws IOException {
    Grant grant = AuthenticatedRequest.grantOfDispatched(request);
    DispatcherType dispatch = request.getDispatcherType();
    if (mine.checksForwards
        && (dispatch == DispatcherType.FORWARD || dispatch == DispatcherType.INCLUDE)
        && mine.gate.guards(RequestPath.dispatched(request))) {
      Decision decision = grant == null ? mine.gate.authenticate(request) : new Admitted(grant);
      Refused refused =
          decision instanceof Admitted admitted
              ? mine.gate.authorize(
                  admitted.grant(), request.getMethod(), RequestPath.dispatched(request))
              : (Refused) decision;
      if (refused != null) {
        mine.challenge.write(refused, request, response);
        return null;
      }
      grant = ((Admitted) decision).grant();
    }
    return grant == null || AuthenticatedRequest.grantOf(request) != null
        ? request
        : new AuthenticatedRequest(request, grant);
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
