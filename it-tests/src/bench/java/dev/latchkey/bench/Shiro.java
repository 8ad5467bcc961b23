package dev.latchkey.bench;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import org.apache.shiro.authc.AuthenticationInfo;
import org.apache.shiro.authc.AuthenticationToken;
import org.apache.shiro.authc.BearerToken;
import org.apache.shiro.authc.SimpleAuthenticationInfo;
import org.apache.shiro.authc.UnknownAccountException;
import org.apache.shiro.authc.credential.AllowAllCredentialsMatcher;
import org.apache.shiro.cache.AbstractCacheManager;
import org.apache.shiro.cache.Cache;
import org.apache.shiro.cache.MapCache;
import org.apache.shiro.realm.AuthenticatingRealm;
import org.apache.shiro.web.filter.mgt.DefaultFilterChainManager;
import org.apache.shiro.web.filter.mgt.PathMatchingFilterChainResolver;
import org.apache.shiro.web.mgt.DefaultWebSecurityManager;
import org.apache.shiro.web.servlet.AbstractShiroFilter;

/**
 * Shiro in front of a web application: {@code /** = noSessionCreation, authcBearer} of its web
 * support, with the authentication cache of its realm over Caffeine.
 */
final class Shiro {

  private Shiro() {}

  static Peer.Guard filter(Installation installation, FilterConfig config, int cacheSize)
      throws ServletException {
    PlainStore store = new PlainStore(installation, cacheSize);
    TokenRealm realm = new TokenRealm(store, cacheSize);
    DefaultFilterChainManager chains = new DefaultFilterChainManager(config);
    chains.createChain("/**", "noSessionCreation, authcBearer");
    PathMatchingFilterChainResolver resolver = new PathMatchingFilterChainResolver();
    resolver.setFilterChainManager(chains);
    WebFilter filter = new WebFilter(new DefaultWebSecurityManager(realm), resolver);
    filter.init(config);
    return new Peer.Guard(filter, store::close);
  }

  private static final class WebFilter extends AbstractShiroFilter {

    WebFilter(DefaultWebSecurityManager manager, PathMatchingFilterChainResolver resolver) {
      setSecurityManager(manager);
      setFilterChainResolver(resolver);
    }
  }

  private static final class TokenRealm extends AuthenticatingRealm {

    private final PlainStore store;

    TokenRealm(PlainStore store, int cacheSize) {
      super(new Caches(cacheSize), new AllowAllCredentialsMatcher());
      this.store = store;
      setAuthenticationTokenClass(BearerToken.class);
      setAuthenticationCachingEnabled(true);
    }

    @Override
    protected Object getAuthenticationCacheKey(AuthenticationToken token) {
      return ((BearerToken) token).getToken();
    }

    @Override
    protected AuthenticationInfo doGetAuthenticationInfo(AuthenticationToken token) {
      Client client = store.client(((BearerToken) token).getToken());
      if (client == null) {
        throw new UnknownAccountException();
      }
      return new SimpleAuthenticationInfo(client, "", getName());
    }
  }

  private static final class Caches extends AbstractCacheManager {

    private final int size;

    Caches(int size) {
      this.size = size;
    }

    @Override
    protected <K, V> Cache<K, V> createCache(String name) {
      return new MapCache<>(name, Peer.<K, V>cache(size).asMap());
    }
  }
}
