package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Interner;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.UsageRecorder;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import dev.latchkey.core.verify.Answer.Usable;
import dev.latchkey.core.verify.Verdict.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the database for a token: one statement, by primary key. Thread-safe. */
final class TokenLookup {

  private static final String QUERY =
      """
      select new dev.latchkey.core.verify.TokenLookup$Row(
        t.hash, t.scopes, t.expiresAt, t.deactivatedAt,
        p.id, p.name, p.enabled, p.scopes, p.allowedNetworks)
      from AccessToken t join ThirdParty p on p.id = t.thirdPartyId
      where t.id = :id
      """;
  private static final int TIMEOUT_MILLIS = 5000;

  private final Database database;
  private final UsageRecorder usage;
  private final Interner<Grant.Holder> holders = Interner.newWeakInterner();
  private final Interner<Set<String>> scopeSets = Interner.newWeakInterner();

  TokenLookup(Database database, UsageRecorder usage) {
    this.database = database;
    this.usage = usage;
  }

  Finding find(long id) {
    String idText = TokenFormat.idText(id);
    List<Row> rows =
        database.read(
            em ->
                em.createQuery(QUERY, Row.class)
                    .setParameter("id", idText)
                    .setHint("jakarta.persistence.query.timeout", TIMEOUT_MILLIS)
                    .getResultList());
    return rows.isEmpty()
        ? new Unusable(Refused.UNKNOWN, null, null)
        : finding(id, idText, rows.get(0));
  }

  private Finding finding(long id, String idText, Row row) {
    TokenHash hash = TokenHash.ofBytes(row.hash);
    // Expiry is the clock's matter at each check, so it is left out here.
    return switch (TokenStatus.at(Instant.MIN, row.expiresAt, row.deactivatedAt, row.enabled)) {
      case DEACTIVATED -> new Unusable(Refused.DEACTIVATED, hash, row.thirdPartyId);
      case THIRD_PARTY_DISABLED ->
          new Unusable(Refused.THIRD_PARTY_DISABLED, hash, row.thirdPartyId);
      case ACTIVE, EXPIRED -> new Usable(grant(id, idText, hash, row));
    };
  }

  private Grant grant(long id, String idText, TokenHash hash, Row row) {
    AllowedNetworks networks = AllowedNetworks.parse(row.allowedNetworks);
    Set<String> scopes =
        Set.copyOf(Scopes.both(Scopes.parse(row.scopes), Scopes.parse(row.thirdPartyScopes)));
    return new Grant(
        id,
        hash,
        holders.intern(new Grant.Holder(row.thirdPartyId, row.name, networks)),
        scopeSets.intern(scopes),
        row.expiresAt == null ? Grant.NEVER : row.expiresAt.toEpochMilli(),
        usage.counter(idText));
  }

  /** A line of the answer; public for Hibernate only. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Row(
      byte[] hash,
      String scopes,
      @Nullable Instant expiresAt,
      @Nullable Instant deactivatedAt,
      String thirdPartyId,
      String name,
      boolean enabled,
      String thirdPartyScopes,
      String allowedNetworks) {}
}
