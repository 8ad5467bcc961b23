package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.ClientCertificate;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.TokenVerifier;
import dev.latchkey.core.verify.Verdict;
import dev.latchkey.filter.AccessRules.Rule;
import dev.latchkey.filter.Decision.Admitted;
import dev.latchkey.filter.Decision.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests: what needs a token, whether the token that came is active, and whether it
 * may do what is asked. Immutable; thread-safe.
 */
final class Gate {

  private final Supplier<@Nullable TokenVerifier> verifier;
  private final List<PathPattern> guarded;
  private final List<PathPattern> excluded;
  private final boolean guardsEverything;
  private final AccessRules rules;
  private final ClientAddress addresses;
  private final boolean preflights;

  /**
   * A gate.
   *
   * @param verifier checks tokens; null while it can't
   * @throws dev.latchkey.core.config.InvalidConfigurationException when a rule or network does not
   *     parse, or nothing would be guarded
   */
  Gate(Settings settings, Supplier<@Nullable TokenVerifier> verifier) {
    this.verifier = verifier;
    this.guarded = settings.get(Key.FILTER_PATHS).stream().map(PathPattern::canonical).toList();
    if (guarded.isEmpty()) {
      // An empty variable in somebody's environment must not open everything.
      throw Key.FILTER_PATHS.invalid("", "the configuration");
    }
    this.guardsEverything = guarded.stream().anyMatch(PathPattern::everything);
    this.excluded =
        settings.get(Key.FILTER_EXCLUDED_PATHS).stream().map(PathPattern::exclusion).toList();
    this.rules = AccessRules.parse(settings.get(Key.FILTER_RULES));
    this.addresses = ClientAddress.configured(settings);
    this.preflights = settings.get(Key.FILTER_CORS_PREFLIGHT);
  }

  AccessRules rules() {
    return rules;
  }

  ClientAddress addresses() {
    return addresses;
  }

  /** Whether a path, in whatever spelling, is one that the filter is there for. */
  boolean covers(String path) {
    return guardsEverything || PathPattern.anyMatches(guarded, RequestPath.canonical(path));
  }

  /** Whether a request for this path, as the container dispatches it, needs a token. */
  boolean guards(String path) {
    // What is let through must be spelt exactly so; what is guarded, in any way.
    return covers(path) && (excluded.isEmpty() || !PathPattern.anyMatches(excluded, path));
  }

  /** Whether a request is a true CORS preflight (Fetch §3.2.2) that may pass without a token. */
  boolean letsThrough(HttpServletRequest request, String method) {
    return preflights
        && "OPTIONS".equals(method)
        && request.getHeader("Origin") != null
        && request.getHeader("Access-Control-Request-Method") != null;
  }

  /** Decides about a request as it comes from outside. */
  Decision decide(HttpServletRequest request) {
    String path = RequestPath.dispatched(request);
    String uri = request.getRequestURI();
    // Most are: there is one reading of such a path, and nothing to look for.
    boolean plain = RequestPath.plain(uri);
    String other = plain ? null : RequestPath.decodedAgain(request);
    boolean ambiguous = !plain && RequestPath.ambiguous(uri);
    if (!covers(path) && (other == null || !covers(other))) {
      return ambiguous && RequestPath.suspected(request).stream().anyMatch(this::covers)
          ? Refused.AMBIGUOUS_PATH
          : Decision.Open.INSTANCE;
    }
    if (ambiguous) {
      return Refused.AMBIGUOUS_PATH;
    }
    String method = request.getMethod();
    if (!RequestMethod.wellFormed(method)) {
      return Refused.MALFORMED_METHOD;
    }
    boolean excluded = !guards(path) && (other == null || !guards(other));
    if (excluded || letsThrough(request, method)) {
      return Decision.Open.INSTANCE;
    }
    Grant earlier = AuthenticatedRequest.grantOf(request);
    if (earlier == null) {
      return decide(request, method, path, other);
    }
    Refused refused = refusal(earlier, request, method, path, other);
    return refused == null ? Decision.Open.INSTANCE : refused;
  }

  /** Decides about a request that needs a token wherever it goes to. */
  Decision decideWithToken(HttpServletRequest request) {
    if (RequestPath.ambiguous(request.getRequestURI())) {
      return Refused.AMBIGUOUS_PATH;
    }
    return RequestMethod.wellFormed(request.getMethod())
        ? decide(
            request,
            request.getMethod(),
            RequestPath.dispatched(request),
            RequestPath.decodedAgain(request))
        : Refused.MALFORMED_METHOD;
  }

  /**
   * Decides about a request that needs a token.
   *
   * @param path as the container dispatches it
   * @param other as it may be read as well; null when there is one reading
   */
  private Decision decide(
      HttpServletRequest request, String method, String path, @Nullable String other) {
    Decision decision = authenticate(request);
    if (decision instanceof Admitted admitted) {
      Grant grant = admitted.grant();
      Refused refused = refusal(grant, request, method, path, other);
      if (refused != null) {
        return refused;
      }
      use(grant, admitted.atMillis(), request);
    }
    return decision;
  }

  /**
   * Decides about a request that stands for each of these methods at each of these paths; both are
   * well-formed.
   */
  Decision decide(HttpServletRequest request, List<String> methods, List<String> paths) {
    Decision decision = authenticate(request);
    if (decision instanceof Admitted admitted) {
      Grant grant = admitted.grant();
      for (String method : methods) {
        for (String path : paths) {
          Refused refused = refusal(grant, request, method, path, null);
          if (refused != null) {
            return refused;
          }
        }
      }
      use(grant, admitted.atMillis(), request);
    }
    return decision;
  }

  /**
   * Decides about a request that needs a token with one of these scopes, whatever the rules say.
   *
   * @param anyOf the least of them first, which the refusal names
   */
  Decision decideByScope(HttpServletRequest request, List<String> anyOf) {
    Decision decision = authenticate(request);
    if (!(decision instanceof Admitted admitted)) {
      return decision;
    }
    Grant grant = admitted.grant();
    if (misused(grant, request)) {
      return Refused.INVALID_TOKEN;
    }
    if (anyOf.stream().noneMatch(grant.scopes()::contains)) {
      count(grant, RefusalReason.SCOPE);
      return Refused.insufficientScope(anyOf.get(0));
    }
    use(grant, admitted.atMillis(), request);
    return decision;
  }

  private void use(Grant grant, long atMillis, HttpServletRequest request) {
    // Some servers write the address anew each time that they are asked for it.
    if (grant.wantsAddress(atMillis)) {
      grant.used(atMillis, addressOf(request));
    } else {
      grant.used();
    }
  }

  /** Whether the token of a request is active. */
  Decision authenticate(HttpServletRequest request) {
    Credentials credentials = Credentials.of(request);
    if (credentials instanceof Credentials.Given given) {
      TokenVerifier ready = verifier.get();
      if (ready == null) {
        return given.token().isWellFormed() ? Refused.UNAVAILABLE : Refused.MALFORMED;
      }
      // Once, since a look at a clock is a tenth of a check.
      long ticks = ready.ticks();
      long now = ready.millisAt(ticks);
      Verdict verdict = ready.verify(given.token(), ticks, now);
      return verdict instanceof Grant grant ? new Admitted(grant, now) : refused(verdict);
    }
    return credentials instanceof Credentials.None ? Refused.NO_CREDENTIALS : Refused.MALFORMED;
  }

  private static Refused refused(Verdict verdict) {
    if (verdict == Verdict.Refused.MALFORMED) {
      return Refused.MALFORMED;
    }
    return verdict instanceof Verdict.Refused ? Refused.INVALID_TOKEN : Refused.UNAVAILABLE;
  }

  /**
   * The refusal of an active token that comes from where it may not, comes without the certificate
   * that it is bound to, or may not do what the rule for the request asks for; null when it may.
   */
  @Nullable Refused refusal(
      Grant grant, HttpServletRequest request, String method, String path, @Nullable String other) {
    // RFC 8705 §3: also a wrong certificate is answered 401 invalid_token.
    if (misused(grant, request)) {
      return Refused.INVALID_TOKEN;
    }
    if (rules.none()) {
      return null;
    }
    Refused refused = refusal(grant, method, path);
    if (refused == null && other != null) {
      refused = refusal(grant, method, other);
    }
    if (refused != null) {
      count(grant, RefusalReason.SCOPE);
    }
    return refused;
  }

  /**
   * Whether a token comes from where it may not, or without the certificate that it is bound to.
   * The same as {@link TokenVerifier#accepts}, but asks for the address only where it matters.
   */
  private boolean misused(Grant grant, HttpServletRequest request) {
    if (!grant.fromAnywhere() && !grant.from(addressOf(request))) {
      count(grant, RefusalReason.NETWORK);
      return true;
    }
    if (grant.bound() && !grant.usableWith(certificateOf(request))) {
      count(grant, RefusalReason.CERTIFICATE);
      return true;
    }
    return false;
  }

  private void count(Grant grant, RefusalReason reason) {
    TokenVerifier ready = verifier.get();
    if (ready != null) {
      ready.refused(grant, reason);
    }
  }

  private @Nullable Refused refusal(Grant grant, String method, String path) {
    String canonical = RequestPath.canonical(path);
    Refused refused = refusal(grant, rules.first(method, canonical));
    // A server that tells the two spellings apart has another rule for this one, further down.
    return refused == null && !canonical.equals(path)
        ? refusal(grant, rules.firstAsSpelt(method, path))
        : refused;
  }

  private static @Nullable Refused refusal(Grant grant, @Nullable Rule rule) {
    return rule == null || grant.scopes().containsAll(rule.scopes())
        ? null
        : Refused.insufficientScope(rule.scopeText());
  }

  private @Nullable CertificateThumbprint certificateOf(HttpServletRequest request) {
    return ClientCertificate.of(
        addresses, request.getRemoteAddr(), request::getAttribute, request::getHeaders);
  }

  private String addressOf(HttpServletRequest request) {
    String peer = request.getRemoteAddr();
    // Without a proxy, which is most of the time, nothing is made for the look at its headers.
    return addresses.viaTrustedProxy(peer) ? addresses.of(peer, request::getHeaders) : peer;
  }
}
