package dev.latchkey.filter.spring;

import dev.latchkey.filter.ThirdPartyPrincipal;
import java.util.Collection;
import java.util.List;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * A third party as Spring Security sees it: each scope {@code s} of the token is the authority
 * {@code SCOPE_s}. Is the request's principal in such an application, so that controller methods
 * can take a {@link ThirdPartyPrincipal} or an {@link Authentication}. Holds no secret; immutable.
 */
public final class ThirdPartyAuthentication extends ThirdPartyPrincipal implements Authentication {

  private static final long serialVersionUID = 1L;

  private final List<GrantedAuthority> authorities;

  ThirdPartyAuthentication(ThirdPartyPrincipal caller) {
    super(caller);
    this.authorities =
        caller.getScopes().stream()
            .sorted()
            .map(scope -> (GrantedAuthority) new SimpleGrantedAuthority("SCOPE_" + scope))
            .toList();
  }

  @Override
  public Collection<? extends GrantedAuthority> getAuthorities() {
    return authorities;
  }

  /** Empty: the token is not kept. */
  @Override
  public Object getCredentials() {
    return "";
  }

  /** The id of the token. */
  @Override
  public Object getDetails() {
    return getTokenId();
  }

  /** This third party. */
  @Override
  public Object getPrincipal() {
    return this;
  }

  /** True: it was authenticated before. */
  @Override
  public boolean isAuthenticated() {
    return true;
  }

  /**
   * Refuses.
   *
   * @throws IllegalArgumentException always
   */
  @Override
  public void setAuthenticated(boolean authenticated) {
    throw new IllegalArgumentException("a third party's authentication can't be changed");
  }
}
