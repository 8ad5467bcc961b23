package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.core.verify.Verdict;
import dev.latchkey.filter.AccessRules.Rule;
import dev.latchkey.filter.Decision.Admitted;
import dev.latchkey.filter.Decision.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests: what needs a token, whether the token that came is active, and whether it
 * may do what is asked. Immutable; thread-safe.
 */
final class Gate {

  private static final Logger LOG = System.getLogger(Gate.class.getName());

  private final Supplier<@Nullable TokenVerifier> verifier;
  private final Clock clock;
  private final List<PathPattern> guarded;
  private final List<PathPattern> excluded;
  private final boolean guardsEverything;
  private final AccessRules rules;
  private final ClientAddress addresses;
  private final boolean preflights;
  private final OutageLog unexpected;

  /**
   * A gate.
   *
   * @param verifier checks tokens; null while it can't
   * @throws dev.latchkey.core.config.InvalidConfigurationException when a rule or network does not
   *     parse
   */
  Gate(Settings settings, Supplier<@Nullable TokenVerifier> verifier, Clock clock) {
    this.verifier = verifier;
    this.clock = clock;
    this.guarded = settings.get(Key.FILTER_PATHS).stream().map(PathPattern::canonical).toList();
    this.guardsEverything = guarded.stream().anyMatch(PathPattern::everything);
    this.excluded = settings.get(Key.FILTER_EXCLUDED_PATHS).stream().map(PathPattern::of).toList();
    this.rules = AccessRules.parse(settings.get(Key.FILTER_RULES));
    this.addresses = new ClientAddress(proxies(settings.get(Key.FILTER_TRUSTED_PROXIES)));
    this.preflights = settings.get(Key.FILTER_CORS_PREFLIGHT);
    this.unexpected =
        new OutageLog(
            LOG,
            clock,
            "a check failed for a reason that should not be; such requests are answered 503",
            "checks do not fail any more");
  }

  AccessRules rules() {
    return rules;
  }

  ClientAddress addresses() {
    return addresses;
  }

  /** Whether a request for this path, as the container dispatches it, needs a token. */
  boolean guards(String path) {
    // What is let through must be spelt exactly so; what is guarded, in any way.
    return (guardsEverything || PathPattern.anyMatches(guarded, RequestPath.canonical(path)))
        && (excluded.isEmpty() || !PathPattern.anyMatches(excluded, path));
  }

  /** Whether a request is a true CORS preflight (Fetch §3.2.2) that may pass without a token. */
  boolean letsThrough(HttpServletRequest request, String method) {
    return preflights
        && "OPTIONS".equals(method)
        && request.getHeader("Origin") != null
        && request.getHeader("Access-Control-Request-Method") != null;
  }

  /**
   * Decides about a request that needs a token.
   *
   * @param path as the container dispatches it
   */
  Decision decide(HttpServletRequest request, String method, String path) {
    return decide(request, grant -> authorize(grant, method, path));
  }

  /** Decides about a request that stands for each of these methods at each of these paths. */
  Decision decide(HttpServletRequest request, List<String> methods, List<String> paths) {
    return decide(
        request,
        grant -> {
          for (String method : methods) {
            for (String path : paths) {
              Refused refused = authorize(grant, method, path);
              if (refused != null) {
                return refused;
              }
            }
          }
          return null;
        });
  }

  private Decision decide(
      HttpServletRequest request, Function<Grant, @Nullable Refused> authorization) {
    try {
      Decision decision = authenticate(request);
      if (decision instanceof Admitted admitted) {
        Refused refused = authorization.apply(admitted.grant());
        if (refused != null) {
          return refused;
        }
        admitted.grant().used(clock.millis(), addresses.of(request));
      }
      return decision;
    } catch (RuntimeException | LinkageError broken) {
      unexpected.failed(broken);
      return Refused.UNAVAILABLE;
    }
  }

  /** Whether the token of a request is active and comes from where it may. */
  Decision authenticate(HttpServletRequest request) {
    Credentials credentials = Credentials.of(request);
    if (credentials instanceof Credentials.Given given) {
      TokenVerifier ready = verifier.get();
      if (ready == null) {
        return Refused.UNAVAILABLE;
      }
      Verdict verdict = ready.verify(given.token());
      if (verdict instanceof Grant grant) {
        return grant.fromAnywhere() || grant.from(addresses.of(request))
            ? new Admitted(grant)
            : Refused.INVALID_TOKEN;
      }
      return verdict instanceof Verdict.Refused ? Refused.INVALID_TOKEN : Refused.UNAVAILABLE;
    }
    return credentials instanceof Credentials.None ? Refused.NO_CREDENTIALS : Refused.MALFORMED;
  }

  /** The refusal when the rule for a request asks for more than the token may; else null. */
  @Nullable Refused authorize(Grant grant, String method, String path) {
    if (rules.none()) {
      return null;
    }
    Rule rule = rules.first(method, RequestPath.canonical(path));
    return rule == null || grant.scopes().containsAll(rule.scopes())
        ? null
        : Refused.insufficientScope(rule.scopeText());
  }

  private static AllowedNetworks proxies(List<String> cidrs) {
    try {
      return AllowedNetworks.of(cidrs);
    } catch (IllegalArgumentException notANetwork) {
      throw Key.FILTER_TRUSTED_PROXIES.invalid(String.join(", ", cidrs), "the configuration");
    }
  }
}
