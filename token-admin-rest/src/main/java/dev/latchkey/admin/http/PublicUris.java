package dev.latchkey.admin.http;

import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;

/**
 * Gives each request the URI that people reach it by, before anything else looks at it. Whatever is
 * built from {@link UriInfo}, such as {@code Location} and one-time links, is public by that.
 */
@Provider
@PreMatching
@Priority(PublicUris.FIRST)
public final class PublicUris implements ContainerRequestFilter {

  static final int FIRST = 100;

  @Context private HttpServletRequest http;

  /** For the application. */
  @SuppressWarnings("NullAway") // the context is injected
  public PublicUris() {}

  @Override
  public void filter(ContainerRequestContext request) {
    UriInfo uri = request.getUriInfo();
    String base = uri.getBaseUri().getRawPath();
    String path = uri.getRequestUri().getRawPath();
    String query = uri.getRequestUri().getRawQuery();
    String context = http.getContextPath();
    if (!path.startsWith(base) || !base.startsWith(context)) {
      return;
    }
    String publicBase = PublicAddress.of(http) + base.substring(context.length());
    try {
      request.setRequestUri(
          URI.create(publicBase),
          URI.create(
              publicBase + path.substring(base.length()) + (query == null ? "" : "?" + query)));
    } catch (IllegalArgumentException notAHost) {
      // The Host of the request is no host: the URI stays what the server made of it.
    }
  }
}
