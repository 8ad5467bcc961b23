package dev.latchkey.admin.http;

import dev.latchkey.core.thirdparty.PublicOrigin;
import dev.latchkey.core.thirdparty.PublicUrl;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The URL that people reach the admin WAR by. Links, cookies, redirects and HSTS ask here and
 * nowhere else, so that they agree. Thread-safe.
 */
public final class PublicAddress {

  private static final String ATTRIBUTE = PublicOrigin.class.getName();

  private PublicAddress() {}

  /** Makes a resolver that of the application. */
  public static void set(ServletContext context, PublicOrigin origin) {
    context.setAttribute(ATTRIBUTE, origin);
  }

  /**
   * The URL for what a request is answered with: https if the page that sent the request is.
   *
   * @throws IllegalStateException when the application was not started
   */
  public static PublicUrl of(HttpServletRequest request) {
    return origin(request).of(seen(request));
  }

  /**
   * The URL that the server and its proxies say the request came by, whatever the browser says.
   *
   * @throws IllegalStateException when the application was not started
   */
  public static PublicUrl reachedBy(HttpServletRequest request) {
    return origin(request).reachedBy(seen(request));
  }

  private static PublicOrigin origin(HttpServletRequest request) {
    if (request.getServletContext().getAttribute(ATTRIBUTE) instanceof PublicOrigin origin) {
      return origin;
    }
    throw new IllegalStateException("the admin WAR was not started");
  }

  private static PublicOrigin.Seen seen(HttpServletRequest request) {
    return new PublicOrigin.Seen(
        request.getRemoteAddr(),
        request.getScheme(),
        request.getServerName(),
        request.getServerPort(),
        request.getContextPath(),
        request::getHeaders);
  }
}
