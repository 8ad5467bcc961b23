package dev.latchkey.admin.signin;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.core.thirdparty.PublicUrl;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a browser says about a request that it sends, and the cookie that it keeps. */
final class Browser {

  /** The cookie of a session on plain http. */
  static final String COOKIE = "latchkey-session";

  /**
   * The cookie of a session on https. Browsers take this prefix only over TLS, for this host alone
   * and for all of its paths (RFC 6265bis §4.1.3.2), so that no other host can set it.
   */
  static final String COOKIE_OVER_TLS = "__Host-" + COOKIE;

  /** What the console's own script adds to its requests, and no form or link of a page can. */
  static final String CONSOLE_HEADER = "X-Latchkey-Console";

  private static final String ATTRIBUTES = "; HttpOnly; SameSite=Strict";
  private static final Set<String> ELSEWHERE = Set.of("cross-site", "same-site");

  private Browser() {}

  /** The value of the session's cookie; null when there is none. */
  static @Nullable String cookie(HttpServletRequest request) {
    String overTls = value(request, COOKIE_OVER_TLS);
    return overTls != null || secure(request) ? overTls : value(request, COOKIE);
  }

  /** The {@code Set-Cookie} field that keeps a session, until the browser is closed. */
  static String kept(HttpServletRequest request, String cookie) {
    return secure(request) ? overTls(cookie, "") : plain(request, cookie, "");
  }

  /** The {@code Set-Cookie} field that forgets a session. */
  static String forgotten(HttpServletRequest request) {
    boolean overTls = secure(request) || value(request, COOKIE_OVER_TLS) != null;
    return overTls ? overTls("", "; Max-Age=0") : plain(request, "", "; Max-Age=0");
  }

  private static String overTls(String value, String age) {
    return COOKIE_OVER_TLS + '=' + value + age + "; Path=/" + ATTRIBUTES + "; Secure";
  }

  private static String plain(HttpServletRequest request, String value, String age) {
    String path = PublicAddress.of(request).path();
    return COOKIE + '=' + value + age + "; Path=" + (path.isEmpty() ? "/" : path) + ATTRIBUTES;
  }

  private static boolean secure(HttpServletRequest request) {
    return PublicAddress.of(request).secure();
  }

  private static @Nullable String value(HttpServletRequest request, String name) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(name)) {
          return cookie.getValue();
        }
      }
    }
    return null;
  }

  /** Whether a page of another site has made the browser send the request. */
  static boolean fromElsewhere(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return ELSEWHERE.contains(site);
    }
    // Browsers leave Sec-Fetch-Site out on plain http, but never Origin.
    String origin = request.getHeader("Origin");
    return origin != null && !fromHere(request, origin);
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
        ? origin != null && fromHere(request, origin)
        : site.equals("same-origin") && !"null".equals(origin);
  }

  /** Whether the request may come from a browser, which adds to it what it knows of its user. */
  static boolean maySendIt(HttpServletRequest request) {
    return request.getHeader("Origin") != null
        || request.getHeader("Sec-Fetch-Site") != null
        || request.getHeader("Cookie") != null;
  }

  // A proxy may name another Host to the server than the browser has asked for.
  private static boolean fromHere(HttpServletRequest request, String origin) {
    PublicUrl reachedBy = PublicAddress.reachedBy(request);
    if (reachedBy.origin().equalsIgnoreCase(origin)) {
      return true;
    }
    try {
      URI page = URI.create(origin);
      String host = request.getHeader("Host");
      return host != null
          && host.equalsIgnoreCase(page.getRawAuthority())
          && ("https".equals(page.getScheme()) || !reachedBy.secure());
    } catch (IllegalArgumentException notAnOrigin) {
      return false;
    }
  }
}
