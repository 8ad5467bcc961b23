package dev.latchkey.bench;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.filter.BearerTokenFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.springframework.mock.web.MockFilterConfig;

/** What is compared: what stands in front of the same application, on the same database. */
@SuppressWarnings("ImmutableEnumChecker")
enum Peer {
  /** The request and the application alone; what is reported is over this. */
  BARE("no check") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings) {
      return Guard.of((request, response, chain) -> chain.doFilter(request, response));
    }
  },

  /** SHA-256 of the token and one look-up in Caffeine, with a digest kept by each thread. */
  FLOOR("the floor") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings) {
      PlainStore store = new PlainStore(installation, cacheSize(settings));
      installation.active().stream().limit(cacheSize(settings)).forEach(store::remember);
      return new Guard(
          (request, response, chain) -> {
            String header = ((HttpServletRequest) request).getHeader("Authorization");
            Client client = store.clientByHash(header, "Bearer ".length());
            if (client != null) {
              chain.doFilter(request, response);
            }
          },
          store::close);
    }
  },

  /** One prepared {@code SELECT} through JDBC and nothing else. */
  SELECT("one SELECT") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings) {
      PlainStore store = new PlainStore(installation, 1);
      return new Guard(
          (request, response, chain) -> {
            String header = ((HttpServletRequest) request).getHeader("Authorization");
            if (store.ask(header.substring("Bearer ".length())) != null) {
              chain.doFilter(request, response);
            }
          },
          store::close);
    }
  },

  /** Our filter, as a container makes it. */
  LATCHKEY("Latchkey") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings)
        throws ServletException {
      Map<String, String> parameters = new HashMap<>(installation.parameters());
      parameters.putAll(settings);
      // What is counted is written with the batches of a production system, not in the measurement.
      parameters.put("usage.flush-interval", "PT1H");
      BearerTokenFilter filter = new BearerTokenFilter();
      filter.init(config(context, parameters));
      return new Guard(filter, filter::destroy);
    }
  },

  /** Its bearer token filter alone, its answers in Caffeine. */
  SPRING_SECURITY_FILTER("Spring Security, its bearer filter alone") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings) {
      return SpringSecurity.filterAlone(installation, cacheSize(settings));
    }
  },

  /** The whole chain that its documentation configures for opaque tokens. */
  SPRING_SECURITY("Spring Security, as documented") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings) {
      return SpringSecurity.wholeChain(installation, context, cacheSize(settings));
    }
  },

  PAC4J("pac4j") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings)
        throws ServletException {
      return Pac4j.filter(installation, config(context, Map.of()), cacheSize(settings));
    }
  },

  SHIRO("Shiro") {
    @Override
    Guard on(Installation installation, ServletContext context, Map<String, String> settings)
        throws ServletException {
      return Shiro.filter(installation, config(context, Map.of()), cacheSize(settings));
    }
  };

  static final String CACHE_SIZE = "cache.max-size";

  final String title;

  Peer(String title) {
    this.title = title;
  }

  /** A filter and what it takes with it when it ends. */
  record Guard(Filter filter, Runnable end) implements AutoCloseable {

    static Guard of(Filter filter) {
      return new Guard(filter, () -> {});
    }

    @Override
    public void close() {
      end.run();
    }
  }

  /**
   * What guards the application.
   *
   * @param settings init parameters of our filter; of them {@link #CACHE_SIZE} is for all
   */
  abstract Guard on(Installation installation, ServletContext context, Map<String, String> settings)
      throws ServletException;

  private static int cacheSize(Map<String, String> settings) {
    return Integer.parseInt(settings.getOrDefault(CACHE_SIZE, "100000"));
  }

  static <K, V> com.github.benmanes.caffeine.cache.Cache<K, V> cache(int size) {
    return Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
  }

  private static FilterConfig config(ServletContext context, Map<String, String> parameters) {
    MockFilterConfig config = new MockFilterConfig(context, "filter");
    parameters.forEach(config::addInitParameter);
    return config;
  }
}
