package dev.latchkey.filter;

import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.filter.Decision.Admitted;
import dev.latchkey.filter.Decision.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The forward-auth endpoint of our own WAR: a reverse proxy asks here whether to let a request
 * through. {@code GET /verify} answers 204 and who it is, or the refusal that the filter would
 * give.
 *
 * <p>What the request is for, the proxy says in {@code X-Forwarded-Method} and {@code
 * X-Forwarded-Uri}, in {@code X-Original-Method} and {@code X-Original-Uri}, or by asking with the
 * method of the request itself and its URI put behind {@code /verify?} or {@code /verify}, as Envoy
 * does. A client may add the headers that its proxy does not set. So whatever is said must all be
 * allowed, and of a pair both must be there: with half of one from the proxy, a client could choose
 * the other half.
 *
 * <p>Behind {@code /verify?} the answer is 200 in place of 204: Envoy takes no other status for a
 * yes. The URI is a query there because servers may answer a path themselves that they can't
 * decode, and Payara answers it 200.
 */
final class ForwardAuth {

  static final String PATH = "/verify";

  private static final Logger LOG = System.getLogger(ForwardAuth.class.getName());

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("X-Forwarded-Method", List.of("X-Forwarded-Uri")),
          new Pair("X-Original-Method", List.of("X-Original-Uri", "X-Original-URL")));

  private final Gate gate;
  private final Challenge challenge;
  private final AtomicBoolean silenceTold = new AtomicBoolean();

  /** The headers that say together what a request is for. */
  private record Pair(String method, List<String> uris) {

    Stream<String> headers() {
      return Stream.concat(Stream.of(method), uris.stream());
    }

    /** Whether one half is there without the other. */
    boolean halved(HttpServletRequest request) {
      boolean saysUri = uris.stream().anyMatch(name -> request.getHeader(name) != null);
      return saysUri != (request.getHeader(method) != null);
    }
  }

  ForwardAuth(Gate gate, Challenge challenge) {
    this.gate = gate;
    this.challenge = challenge;
  }

  /** Whether a path, as the container dispatches it, is the endpoint's. */
  static boolean isAt(String path) {
    return path.startsWith(PATH)
        && (path.length() == PATH.length() || path.charAt(PATH.length()) == '/');
  }

  /** Answers a proxy that asks at this path. */
  void answer(HttpServletRequest request, String dispatched, HttpServletResponse response)
      throws IOException {
    List<String> methods = values(request, PAIRS.stream().map(Pair::method));
    List<String> uris = values(request, PAIRS.stream().flatMap(pair -> pair.uris().stream()));
    String behind = behind(request, dispatched);
    boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
    if (behind != null) {
      methods.add(request.getMethod());
      uris.add(behind);
    } else if (!reads) {
      response.setHeader("Allow", "GET, HEAD");
      Problem.write(response, 405, "Method Not Allowed", "This address takes GET and HEAD alone.");
      return;
    }
    boolean silent = methods.isEmpty() && uris.isEmpty();
    if (contradictory(request)) {
      challenge.write(Refused.AMBIGUOUS_FORWARDING, request, response);
      return;
    }
    if (behind == null && PAIRS.stream().anyMatch(pair -> pair.halved(request))) {
      challenge.write(Refused.INCOMPLETE_FORWARDING, request, response);
      return;
    }
    if (!methods.stream().allMatch(RequestMethod::wellFormed)) {
      challenge.write(Refused.MALFORMED_METHOD, request, response);
      return;
    }
    List<String> paths = new ArrayList<>();
    for (String uri : silent ? List.of(PATH) : uris) {
      List<String> readings = readings(uri);
      if (readings.isEmpty()) {
        challenge.write(Refused.AMBIGUOUS_PATH, request, response);
        return;
      }
      paths.addAll(readings);
    }
    answer(request, silent, silent ? List.of("GET") : methods, paths, response);
  }

  private void answer(
      HttpServletRequest request,
      boolean silent,
      List<String> methods,
      List<String> paths,
      HttpServletResponse response)
      throws IOException {
    boolean open =
        !silent
            && (paths.stream().noneMatch(gate::guards)
                || methods.stream().allMatch(method -> gate.letsThrough(request, method)));
    if (open) {
      admit(request, response);
      return;
    }
    Decision decision = gate.decide(request, methods, paths);
    if (decision instanceof Admitted admitted) {
      if (silent && silenceTold.compareAndSet(false, true)) {
        LOG.log(
            Level.WARNING,
            "asked at "
                + PATH
                + " without the method and the URI of a request: rules can't be applied, and a"
                + " client that adds the headers itself is believed; let the proxy set them");
      }
      name(admitted.grant(), response);
      admit(request, response);
    } else {
      challenge.write((Refused) decision, request, response);
    }
  }

  /**
   * The raw URI behind the endpoint's; empty, and so refused, when that is spelt otherwise; null
   * when there is none.
   */
  private static @Nullable String behind(HttpServletRequest request, String dispatched) {
    if (isAskedByQuery(request, dispatched)) {
      return request.getQueryString();
    }
    if (dispatched.equals(PATH)) {
      return null;
    }
    String uri = request.getRequestURI().substring(request.getContextPath().length());
    return uri.startsWith(PATH + '/') ? uri.substring(PATH.length()) : "";
  }

  private static boolean isAskedByQuery(HttpServletRequest request, String dispatched) {
    String query = request.getQueryString();
    return dispatched.equals(PATH) && query != null && query.startsWith("/");
  }

  private static void admit(HttpServletRequest request, HttpServletResponse response) {
    response.setHeader("Cache-Control", "no-store");
    if (isAskedByQuery(request, RequestPath.dispatched(request))) {
      response.setStatus(HttpServletResponse.SC_OK);
      response.setContentLength(0);
    } else {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
  }

  private static void name(Grant grant, HttpServletResponse response) {
    response.setHeader("X-Latchkey-Third-Party", encoded(grant.name()));
    response.setHeader("X-Latchkey-Client-Id", grant.clientId());
    response.setHeader("X-Latchkey-Token-Id", grant.tokenId());
    response.setHeader("X-Latchkey-Scopes", Scopes.text(grant.scopes()));
  }

  private static boolean contradictory(HttpServletRequest request) {
    return PAIRS.stream()
        .flatMap(Pair::headers)
        .anyMatch(name -> Collections.list(request.getHeaders(name)).size() > 1);
  }

  private static List<String> values(HttpServletRequest request, Stream<String> names) {
    List<String> values = new ArrayList<>();
    names.forEach(
        name -> {
          @Nullable String value = request.getHeader(name);
          if (value != null) {
            values.add(withoutSpaceAround(value));
          }
        });
    return values;
  }

  // RFC 9110 §5.5: it is no part of the value, but not every server takes it off.
  private static String withoutSpaceAround(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && (value.charAt(from) == ' ' || value.charAt(from) == '\t')) {
      from++;
    }
    while (from < to && (value.charAt(to - 1) == ' ' || value.charAt(to - 1) == '\t')) {
      to--;
    }
    return value.substring(from, to);
  }

  /** How the path in a raw URI, which may be absolute, can be read; none when it is ambiguous. */
  private static List<String> readings(String uri) {
    String path = withoutQuery(withoutOrigin(uri));
    if (!path.startsWith("/") || RequestPath.ambiguous(path)) {
      return List.of();
    }
    if (!path.startsWith("//")) {
      return RequestPath.readings(path);
    }
    // RFC 3986 §4.2: a URI that begins so names a host first, and many libraries read it so.
    int behindHost = path.indexOf('/', 2);
    String other = behindHost < 0 ? "/" : path.substring(behindHost);
    return Stream.concat(RequestPath.readings(path).stream(), RequestPath.readings(other).stream())
        .distinct()
        .toList();
  }

  /** The path and the query of a URI; the URI itself when it is not absolute. */
  private static String withoutOrigin(String uri) {
    int colon = uri.indexOf(':');
    if (colon <= 0 || !uri.startsWith("://", colon) || !isScheme(uri, colon)) {
      return uri;
    }
    int authority = colon + 3;
    int end = authority;
    while (end < uri.length() && "/?#\\".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    String rest = uri.substring(end);
    return rest.isEmpty() || rest.charAt(0) == '?' ? "/" : rest;
  }

  // RFC 3986 §3.1, as far as requests have one.
  private static boolean isScheme(String uri, int length) {
    for (int i = 0; i < length; i++) {
      char c = uri.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  private static String withoutQuery(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
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
}
