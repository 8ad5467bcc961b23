package dev.latchkey.bench;

import com.github.benmanes.caffeine.cache.Cache;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionAuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/**
 * Spring Security with opaque tokens: "OAuth 2.0 Resource Server Opaque Token" of its reference,
 * with an introspector of one's own that keeps its answers in Caffeine.
 */
final class SpringSecurity {

  private SpringSecurity() {}

  static Peer.Guard filterAlone(Installation installation, int cacheSize) {
    PlainStore store = new PlainStore(installation, cacheSize);
    return new Peer.Guard(
        new BearerTokenAuthenticationFilter(
            new ProviderManager(
                new OpaqueTokenAuthenticationProvider(new CachingIntrospector(store, cacheSize)))),
        store::close);
  }

  static Peer.Guard wholeChain(Installation installation, ServletContext servlets, int cacheSize) {
    PlainStore store = new PlainStore(installation, cacheSize);
    AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
    context.setServletContext(servlets);
    context.addBeanFactoryPostProcessor(
        beans ->
            beans.registerSingleton("introspector", new CachingIntrospector(store, cacheSize)));
    context.register(Security.class);
    context.refresh();
    return new Peer.Guard(
        context.getBean("springSecurityFilterChain", Filter.class),
        () -> {
          context.close();
          store.close();
        });
  }

  /** As documented: each request needs a token. */
  @Configuration
  @EnableWebSecurity
  static class Security {

    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
      http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .oauth2ResourceServer(server -> server.opaqueToken(Customizer.withDefaults()));
      return http.build();
    }
  }

  private static final class CachingIntrospector implements OpaqueTokenIntrospector {

    private final PlainStore store;
    private final Cache<String, Optional<OAuth2AuthenticatedPrincipal>> principals;

    CachingIntrospector(PlainStore store, int cacheSize) {
      this.store = store;
      this.principals = Peer.cache(cacheSize);
    }

    @Override
    public OAuth2AuthenticatedPrincipal introspect(String token) {
      return principals
          .get(token, asked -> Optional.ofNullable(principal(store.ask(asked))))
          .orElseThrow(() -> new BadOpaqueTokenException("Provided token isn't active"));
    }

    private static @Nullable OAuth2AuthenticatedPrincipal principal(@Nullable Client client) {
      return client == null
          ? null
          : new OAuth2IntrospectionAuthenticatedPrincipal(
              client.name(),
              Map.of(
                  "active", true, "client_id", client.id(), "scope", List.copyOf(client.scopes())),
              client.scopes().stream()
                  .map(scope -> new SimpleGrantedAuthority("SCOPE_" + scope))
                  .collect(java.util.stream.Collectors.toUnmodifiableList()));
    }
  }
}
