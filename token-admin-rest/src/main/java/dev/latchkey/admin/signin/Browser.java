package dev.latchkey.admin.signin;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a browser says about a request that it sends, and the cookie that it keeps. */
final class Browser {

  /** The cookie of a session. */
  static final String COOKIE = "latchkey-session";

  /** What the console's own script adds to its requests, and no form or link of a page can. */
  static final String CONSOLE_HEADER = "X-Latchkey-Console";

  private static final Set<String> ELSEWHERE = Set.of("cross-site", "same-site");

  private Browser() {}

  /** The value of the session's cookie; null when there is none. */
  static @Nullable String cookie(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(COOKIE)) {
          return cookie.getValue();
        }
      }
    }
    return null;
  }

  /** The {@code Set-Cookie} field that keeps a session, until the browser is closed. */
  static String kept(HttpServletRequest request, String cookie) {
    return COOKIE + '=' + cookie + attributes(request);
  }

  /** The {@code Set-Cookie} field that forgets a session. */
  static String forgotten(HttpServletRequest request) {
    return COOKIE + "=; Max-Age=0" + attributes(request);
  }

  private static String attributes(HttpServletRequest request) {
    String path = request.getContextPath().isEmpty() ? "/" : request.getContextPath();
    return "; Path=" + path + "; HttpOnly; SameSite=Strict" + (secure(request) ? "; Secure" : "");
  }

  // Behind a proxy that ends TLS the server sees http; the browser says what it sees itself.
  private static boolean secure(HttpServletRequest request) {
    String origin = request.getHeader("Origin");
    return request.isSecure()
        || (origin != null && origin.toLowerCase(Locale.ROOT).startsWith("https://"));
  }

  /** Whether a page of another site has made the browser send the request. */
  static boolean fromElsewhere(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return ELSEWHERE.contains(site);
    }
    // Browsers leave Sec-Fetch-Site out on plain http, but never Origin.
    String origin = request.getHeader("Origin");
    return origin != null && !sameHost(origin, request.getHeader("Host"));
  }

  /**
   * Whether the console's own script has sent the request: with its header, from a page of this
   * site. Every browser says where a change comes from.
   */
  static boolean fromConsole(HttpServletRequest request) {
    if (request.getHeader(CONSOLE_HEADER) == null) {
      return false;
    }
    String origin = request.getHeader("Origin");
    String site = request.getHeader("Sec-Fetch-Site");
    return site == null
        ? origin != null && sameHost(origin, request.getHeader("Host"))
        : site.equals("same-origin") && !"null".equals(origin);
  }

  /** Whether the request may come from a browser, which adds to it what it knows of its user. */
  static boolean maySendIt(HttpServletRequest request) {
    return request.getHeader("Origin") != null
        || request.getHeader("Sec-Fetch-Site") != null
        || request.getHeader("Cookie") != null;
  }

  private static boolean sameHost(String origin, @Nullable String host) {
    try {
      return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException notAnOrigin) {
      return false;
    }
  }
}
