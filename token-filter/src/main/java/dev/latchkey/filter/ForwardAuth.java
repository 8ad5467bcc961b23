package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.filter.BearerTokenFilter.Guard;
import dev.latchkey.filter.Decision.Admitted;
import dev.latchkey.filter.Decision.Refused;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forward-auth endpoint of our own WAR: a reverse proxy asks here whether to let a request
 * through. {@code GET /verify} answers 204 and who it is, or the refusal that the filter would
 * give.
 *
 * <p>What the request is for, the proxy says in {@code X-Forwarded-Method} and {@code
 * X-Forwarded-Uri}, or in {@code X-Original-Method} and {@code X-Original-Uri}. A client may add
 * the ones that its proxy does not set, so whatever is said must all be allowed.
 */
final class ForwardAuth implements Filter {

  static final String PATH = "/verify";

  private static final List<String> METHOD_HEADERS =
      List.of("X-Forwarded-Method", "X-Original-Method");
  private static final List<String> URI_HEADERS =
      List.of("X-Forwarded-Uri", "X-Original-Uri", "X-Original-URL");

  private final Clock clock;
  private @Nullable Guard guard;
  private @Nullable SharedNode node;

  ForwardAuth(Clock clock) {
    this.clock = clock;
  }

  /** An endpoint that is ready without {@link #init}. */
  ForwardAuth(Guard guard, Clock clock) {
    this(clock);
    this.guard = guard;
  }

  /** Puts it into our own WAR, in front of the filter, together with the sample endpoint. */
  void register(ServletContext context, Settings settings) {
    FilterRegistration.@Nullable Dynamic endpoint = context.addFilter("forward-auth", this);
    if (endpoint != null) {
      endpoint.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, PATH);
    }
    if (settings.get(Key.SAMPLE)) {
      ServletRegistration.@Nullable Dynamic sample =
          context.addServlet("sample", new SampleServlet());
      if (sample != null) {
        sample.addMapping("/sample/*");
      }
    }
  }

  @Override
  public void init(FilterConfig config) {
    // Parsed without complaint by the initializer just before.
    Settings settings = Settings.load(config.getServletContext().getClassLoader());
    guard =
        Guard.of(settings, new Gate(settings, () -> node == null ? null : node.verifier(), clock));
    node = SharedNode.of(config.getServletContext(), settings, clock);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("not an HTTP request");
    }
    Guard mine = guard;
    if (mine == null) {
      ClosedFilter.answer(httpResponse);
      return;
    }
    String method = http.getMethod();
    if (!"GET".equals(method) && !"HEAD".equals(method)) {
      httpResponse.setHeader("Allow", "GET, HEAD");
      httpResponse.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    answer(mine, http, httpResponse);
  }

  private static void answer(Guard mine, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (contradictory(request)) {
      mine.challenge().write(Refused.AMBIGUOUS_FORWARDING, request, response);
      return;
    }
    List<String> methods = values(request, METHOD_HEADERS, "GET");
    List<String> paths = new ArrayList<>();
    for (String uri : values(request, URI_HEADERS, PATH)) {
      String path = path(uri);
      if (path == null) {
        mine.challenge().write(Refused.AMBIGUOUS_PATH, request, response);
        return;
      }
      paths.add(path);
    }
    boolean open =
        paths.stream().noneMatch(mine.gate()::guards)
            || methods.stream().allMatch(each -> mine.gate().letsThrough(request, each));
    if (open) {
      response.setHeader("Cache-Control", "no-store");
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    Decision decision = mine.gate().decide(request, methods, paths);
    if (decision instanceof Admitted admitted) {
      name(admitted.grant(), response);
    } else {
      mine.challenge().write((Refused) decision, request, response);
    }
  }

  private static void name(Grant grant, HttpServletResponse response) {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Latchkey-Third-Party", encoded(grant.name()));
    response.setHeader("X-Latchkey-Client-Id", grant.clientId());
    response.setHeader("X-Latchkey-Token-Id", grant.tokenId());
    response.setHeader("X-Latchkey-Scopes", dev.latchkey.core.token.Scopes.text(grant.scopes()));
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }

  private static boolean contradictory(HttpServletRequest request) {
    return java.util.stream.Stream.concat(METHOD_HEADERS.stream(), URI_HEADERS.stream())
        .anyMatch(name -> Collections.list(request.getHeaders(name)).size() > 1);
  }

  private static List<String> values(
      HttpServletRequest request, List<String> names, String byDefault) {
    List<String> values = new ArrayList<>();
    for (String name : names) {
      @Nullable String value = request.getHeader(name);
      if (value != null) {
        values.add(value.strip());
      }
    }
    return values.isEmpty() ? List.of(byDefault) : values;
  }

  /** The path in a raw URI, which may be absolute; null when it is ambiguous. */
  private static @Nullable String path(String uri) {
    String path = uri;
    int scheme = uri.indexOf("://");
    if (scheme > 0 && uri.charAt(0) != '/') {
      int slash = uri.indexOf('/', scheme + 3);
      path = slash < 0 ? "/" : uri.substring(slash);
    }
    int query = path.indexOf('?');
    if (query >= 0) {
      path = path.substring(0, query);
    }
    return !path.startsWith("/") || path.indexOf('#') >= 0 || RequestPath.ambiguous(path)
        ? null
        : RequestPath.decoded(path);
  }

  /**
   * A name as a header value: RFC 3986 escapes for what is not plain ASCII, and for the percent.
   */
  private static String encoded(String name) {
    StringBuilder encoded = new StringBuilder(name.length());
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      if (octet >= ' ' && octet < 0x7f && octet != '%') {
        encoded.append((char) octet);
      } else {
        encoded.append(String.format("%%%02X", octet & 0xff));
      }
    }
    return encoded.toString();
  }

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
