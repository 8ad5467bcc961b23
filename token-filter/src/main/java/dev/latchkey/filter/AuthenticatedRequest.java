package dev.latchkey.filter;

import dev.latchkey.core.verify.Grant;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** A request that got in, with its third party as the principal. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

  private static final String ATTRIBUTE = "dev.latchkey.filter.grant";

  private final Grant grant;
  private final boolean knownToContainer;
  private @Nullable ThirdPartyPrincipal principal;

  /**
   * A request that got in.
   *
   * @param knownToContainer whether the container knows as well who calls, and maps roles
   */
  AuthenticatedRequest(HttpServletRequest request, Grant grant, boolean knownToContainer) {
    super(request);
    this.grant = grant;
    this.knownToContainer = knownToContainer;
  }

  /** The grant of a request that got in before; null when it did not. */
  static @Nullable Grant grantOf(ServletRequest request) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      if (wrapper instanceof AuthenticatedRequest authenticated) {
        return authenticated.grant;
      }
      inner = wrapper.getRequest();
    }
    return null;
  }

  /** The grant of a request that the container dispatches again, maybe without our wrapper. */
  static @Nullable Grant grantOfDispatched(ServletRequest request) {
    Grant wrapped = grantOf(request);
    return wrapped != null || !(request.getAttribute(ATTRIBUTE) instanceof Grant remembered)
        ? wrapped
        : remembered;
  }

  /** Keeps the grant of a request for those who come after and have not our wrapper. */
  static void remember(ServletRequest request, Grant grant) {
    request.setAttribute(ATTRIBUTE, grant);
  }

  @Override
  public String getAuthType() {
    return "BEARER";
  }

  @Override
  public String getRemoteUser() {
    return grant.clientId();
  }

  @Override
  public Principal getUserPrincipal() {
    if (knownToContainer) {
      // Payara and GlassFish take the roles off a caller whose principal a wrapper has exchanged.
      return super.getUserPrincipal();
    }
    ThirdPartyPrincipal mine = principal;
    if (mine == null) {
      mine = new ThirdPartyPrincipal(grant);
      principal = mine;
    }
    return mine;
  }

  @Override
  public boolean isUserInRole(String role) {
    return grant.scopes().contains(role) || knownToContainer && super.isUserInRole(role);
  }

  // An asynchronous dispatch may come back with the request that we have wrapped.
  @Override
  public AsyncContext startAsync() {
    remember(this, grant);
    return super.startAsync();
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    remember(this, grant);
    return super.startAsync(request, response);
  }
}
