package dev.latchkey.filter;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of all filters of an application that has registered {@link BearerTokenFilter}
 * itself, in {@code web.xml} or by code, and holds WebSocket handshakes (RFC 6455 §4.1, RFC 8441)
 * to the same rules: servers answer handshakes in a filter of their own, which may stand in front
 * of the application's. Any other request goes on unchanged.
 *
 * <p>A handshake is checked here by filters of the same name, init parameters and mappings. The
 * application's filter then finds the request admitted and neither checks nor counts it again.
 */
final class HandshakeFilter implements Filter {

  private static final Logger LOG = System.getLogger(HandshakeFilter.class.getName());

  private @Nullable List<Registered> registered;

  @Override
  public void init(FilterConfig config) {
    List<Registered> found = new ArrayList<>();
    try {
      ServletContext context = config.getServletContext();
      for (FilterRegistration registration : context.getFilterRegistrations().values()) {
        if (BearerTokenFilter.class.getName().equals(registration.getClassName())) {
          found.add(Registered.of(registration, context));
        }
      }
      registered = found;
    } catch (RuntimeException | LinkageError broken) {
      found.forEach(Registered::close);
      LOG.log(Level.ERROR, "WebSocket handshakes are answered 503", broken);
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http) || !mayBeHandshake(http)) {
      chain.doFilter(request, response);
      return;
    }
    List<Registered> all = registered;
    if (all == null) {
      ClosedFilter.answer((HttpServletResponse) response);
    } else {
      new Rest(all, 0, chain).doFilter(request, response);
    }
  }

  /** Whether any server would take a request for a handshake; servers look at different headers. */
  private static boolean mayBeHandshake(HttpServletRequest request) {
    return request.getHeader("Upgrade") != null
        || request.getHeader("Sec-WebSocket-Key") != null
        || "CONNECT".equals(request.getMethod());
  }

  @Override
  public void destroy() {
    List<Registered> all = registered;
    registered = null;
    if (all != null) {
      all.forEach(Registered::close);
    }
  }

  /** The filters from one of them on, then the chain. */
  private record Rest(List<Registered> all, int next, FilterChain chain) implements FilterChain {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response)
        throws IOException, ServletException {
      int at = next;
      while (at < all.size() && !all.get(at).covers((HttpServletRequest) request)) {
        at++;
      }
      if (at == all.size()) {
        chain.doFilter(request, response);
      } else {
        all.get(at).filter.doFilter(request, response, new Rest(all, at + 1, chain));
      }
    }
  }

  /** A filter as the application has registered it. */
  private record Registered(
      BearerTokenFilter filter, List<PathPattern> patterns, Set<String> servlets) {

    static Registered of(FilterRegistration registration, ServletContext context) {
      List<PathPattern> patterns =
          told(registration.getUrlPatternMappings()).stream().map(PathPattern::canonical).toList();
      Set<String> servlets = Set.copyOf(told(registration.getServletNameMappings()));
      BearerTokenFilter filter = new BearerTokenFilter();
      filter.init(new SameConfig(registration, context));
      return new Registered(filter, patterns, servlets);
    }

    // Open Liberty answers null in place of none.
    private static Collection<String> told(@Nullable Collection<String> mappings) {
      return mappings == null ? List.of() : mappings;
    }

    boolean covers(HttpServletRequest request) {
      if (covers(RequestPath.dispatched(request))) {
        return true;
      }
      String other = RequestPath.decodedAgain(request);
      return other != null && covers(other)
          || !servlets.isEmpty()
              && (servlets.contains("*")
                  || servlets.contains(request.getHttpServletMapping().getServletName()));
    }

    private boolean covers(String path) {
      return PathPattern.anyMatches(patterns, RequestPath.canonical(path));
    }

    void close() {
      filter.destroy();
    }
  }

  /** What the application's filter is given at its start. */
  private record SameConfig(String name, Map<String, String> parameters, ServletContext context)
      implements FilterConfig {

    SameConfig(FilterRegistration registration, ServletContext context) {
      this(registration.getName(), copy(registration.getInitParameters()), context);
    }

    private static Map<String, String> copy(@Nullable Map<String, String> parameters) {
      return parameters == null ? Map.of() : Map.copyOf(parameters);
    }

    @Override
    public String getFilterName() {
      return name;
    }

    @Override
    public ServletContext getServletContext() {
      return context;
    }

    @Override
    public @Nullable String getInitParameter(String parameter) {
      return parameters.get(parameter);
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
      return Collections.enumeration(parameters.keySet());
    }
  }
}
