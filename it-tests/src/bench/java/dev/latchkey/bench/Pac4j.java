package dev.latchkey.bench;

import com.github.benmanes.caffeine.cache.Cache;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import java.util.Optional;
import org.pac4j.core.config.Config;
import org.pac4j.core.credentials.Credentials;
import org.pac4j.core.credentials.TokenCredentials;
import org.pac4j.core.credentials.authenticator.Authenticator;
import org.pac4j.core.credentials.authenticator.LocalCachingAuthenticator;
import org.pac4j.core.exception.CredentialsException;
import org.pac4j.core.profile.CommonProfile;
import org.pac4j.core.profile.UserProfile;
import org.pac4j.core.store.Store;
import org.pac4j.http.client.direct.DirectBearerAuthClient;
import org.pac4j.jee.filter.SecurityFilter;

/**
 * pac4j in front of a Jakarta EE application: "HTTP clients", {@code DirectBearerAuthClient}, with
 * the caching authenticator of "Authenticators" over Caffeine.
 */
final class Pac4j {

  private Pac4j() {}

  static Peer.Guard filter(Installation installation, FilterConfig config, int cacheSize)
      throws ServletException {
    PlainStore store = new PlainStore(installation, cacheSize);
    Authenticator asking =
        (context, credentials) -> {
          Client client = store.client(((TokenCredentials) credentials).getToken());
          if (client == null) {
            throw new CredentialsException("not active");
          }
          CommonProfile profile = new CommonProfile();
          profile.setId(client.id());
          profile.setRoles(client.scopes());
          credentials.setUserProfile(profile);
          return Optional.of(credentials);
        };
    Authenticator caching =
        new LocalCachingAuthenticator(asking, new CaffeineStore(Peer.cache(cacheSize)));
    SecurityFilter filter =
        new SecurityFilter(
            new Config(new DirectBearerAuthClient(caching)), "DirectBearerAuthClient");
    filter.init(config);
    return new Peer.Guard(filter, store::close);
  }

  // By the token: its credentials all have one hash code, and a cache of many would be a list.
  private record CaffeineStore(Cache<String, UserProfile> cache)
      implements Store<Credentials, UserProfile> {

    @Override
    public Optional<UserProfile> get(Credentials credentials) {
      return Optional.ofNullable(cache.getIfPresent(token(credentials)));
    }

    @Override
    public void set(Credentials credentials, UserProfile profile) {
      cache.put(token(credentials), profile);
    }

    @Override
    public void remove(Credentials credentials) {
      cache.invalidate(token(credentials));
    }

    private static String token(Credentials credentials) {
      return ((TokenCredentials) credentials).getToken();
    }
  }
}
