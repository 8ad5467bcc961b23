package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Interner;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.UsageRecorder;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import dev.latchkey.core.verify.Verdict.Refused;
import java.time.Instant;
import java.util.Set;

/** What the rows of a source mean. Thread-safe. */
final class Findings {

  private final TokenSource source;
  private final UsageRecorder usage;
  private final Interner<Grant.Holder> holders = Interner.newWeakInterner();
  private final Interner<Set<String>> scopeSets = Interner.newWeakInterner();

  Findings(TokenSource source, UsageRecorder usage) {
    this.source = source;
    this.usage = usage;
  }

  /**
   * What is found of an id.
   *
   * @throws RuntimeException when the source does not answer
   */
  Finding find(long id) {
    TokenSource.Stored row = source.find(TokenFormat.idText(id));
    return row == null ? new Unusable(Refused.UNKNOWN, null, null) : finding(id, row);
  }

  private Finding finding(long id, TokenSource.Stored row) {
    TokenHash hash = TokenHash.ofBytes(row.hash());
    // Expiry is the clock's matter at each check, so it is left out here.
    return switch (TokenStatus.at(
        Instant.MIN, row.expiresAt(), row.deactivatedAt(), row.thirdPartyEnabled())) {
      case DEACTIVATED, REPORTED_LEAKED ->
          new Unusable(Refused.DEACTIVATED, hash, row.thirdPartyId());
      case THIRD_PARTY_DISABLED ->
          new Unusable(Refused.THIRD_PARTY_DISABLED, hash, row.thirdPartyId());
      case ACTIVE, EXPIRED -> grant(id, hash, row);
    };
  }

  private Grant grant(long id, TokenHash hash, TokenSource.Stored row) {
    AllowedNetworks networks = AllowedNetworks.parse(row.allowedNetworks());
    Set<String> scopes =
        Set.copyOf(Scopes.both(Scopes.parse(row.scopes()), Scopes.parse(row.thirdPartyScopes())));
    return new Grant(
        id,
        hash,
        holders.intern(new Grant.Holder(row.thirdPartyId(), row.thirdPartyName(), networks)),
        scopeSets.intern(scopes),
        row.expiresAt() == null ? Grant.NEVER : row.expiresAt().toEpochMilli(),
        row.certificate() == null ? null : CertificateThumbprint.ofBytes(row.certificate()),
        usage.counter(id));
  }
}
