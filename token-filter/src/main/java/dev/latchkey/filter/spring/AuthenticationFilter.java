package dev.latchkey.filter.spring;

import dev.latchkey.filter.ThirdPartyPrincipal;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfFilter;

/**
 * Gives Spring Security the third party of a request as its {@link ThirdPartyAuthentication}, for
 * this request only. Stands between our filter and Spring Security's.
 */
final class AuthenticationFilter implements Filter {

  private final RequestAttributeSecurityContextRepository contexts =
      new RequestAttributeSecurityContextRepository();

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && http.getUserPrincipal() instanceof ThirdPartyPrincipal caller) {
      SecurityContext context = new SecurityContextImpl(new ThirdPartyAuthentication(caller));
      contexts.saveContext(context, http, (HttpServletResponse) response);
      // A browser adds no bearer token by itself (RFC 6750), so there is nothing to forge.
      CsrfFilter.skipRequest(http);
    }
    chain.doFilter(request, response);
  }
}
