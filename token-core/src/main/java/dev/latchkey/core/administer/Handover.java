package dev.latchkey.core.administer;

import dev.latchkey.core.administer.HandoverView.Status;
import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A one-time link's row: the hash of its code, and what to issue when it is opened. Until then
 * there is nothing to steal. Not thread-safe; lives in one transaction.
 */
@Entity
@Table(name = "handover")
class Handover {

  private static final int MOST_REFUSALS = 10;
  private static final Duration DEFAULT_OVERLAP = Duration.ofDays(7);

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "hash", updatable = false)
  private byte[] hash;

  @Column(name = "third_party_id", updatable = false)
  private String thirdPartyId;

  @Column(name = "renews", updatable = false)
  private @Nullable String renews;

  @Column(name = "label", updatable = false)
  private @Nullable String label;

  @Column(name = "lifetime", updatable = false)
  private @Nullable String lifetime;

  @Column(name = "scopes", updatable = false)
  private String scopes;

  @Column(name = "client_secret", updatable = false)
  private boolean clientSecret;

  @Column(name = "overlap", updatable = false)
  private String overlap;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "created_by", updatable = false)
  private String createdBy;

  @Column(name = "expires_at", updatable = false)
  private Instant expiresAt;

  @Column(name = "opened_at")
  private @Nullable Instant openedAt;

  @Column(name = "opened_from")
  private @Nullable String openedFrom;

  @Column(name = "token_id")
  private @Nullable String tokenId;

  @Column(name = "refusals")
  private int refusals;

  @Version
  @Column(name = "version")
  private long version;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected Handover() {}

  Handover(
      String id,
      TokenHash hash,
      String thirdPartyId,
      HandoverDraft draft,
      Collection<String> scopes,
      Instant createdAt,
      String createdBy,
      Instant expiresAt) {
    TokenDraft token = draft.token();
    this.id = id;
    this.hash = hash.toBytes();
    this.thirdPartyId = thirdPartyId;
    this.renews = draft.renews();
    this.label = token.label();
    this.lifetime = token.lifetime() == null ? null : token.lifetime().toString();
    this.scopes = Scopes.text(scopes);
    this.clientSecret = draft.clientSecret();
    this.overlap = draft.overlap() == null ? "" : draft.overlap().toString();
    this.createdAt = createdAt;
    this.createdBy = createdBy;
    this.expiresAt = expiresAt;
  }

  String id() {
    return id;
  }

  boolean hasCode(String code) {
    return TokenHash.ofBytes(hash).equals(TokenHash.of(code));
  }

  String thirdPartyId() {
    return thirdPartyId;
  }

  @Nullable String renews() {
    return renews;
  }

  @Nullable String label() {
    return label;
  }

  boolean clientSecret() {
    return clientSecret;
  }

  /** How long the token that is renewed works from the opening on. */
  Duration overlapOfToken() {
    return overlap.isEmpty() ? DEFAULT_OVERLAP : Duration.parse(overlap);
  }

  /** How long the old client secret works from the opening on. */
  Duration overlapOfClientSecret() {
    return overlap.isEmpty() ? Duration.ZERO : Duration.parse(overlap);
  }

  @Nullable Lifetime lifetime() {
    return lifetime == null ? null : Lifetime.parse(lifetime);
  }

  /** The scopes that the maker of the link has handed over. */
  SortedSet<String> scopes() {
    return Scopes.parse(scopes);
  }

  Instant createdAt() {
    return createdAt;
  }

  String createdBy() {
    return createdBy;
  }

  Instant expiresAt() {
    return expiresAt;
  }

  @Nullable Instant openedAt() {
    return openedAt;
  }

  @Nullable String openedFrom() {
    return openedFrom;
  }

  @Nullable String tokenId() {
    return tokenId;
  }

  Status status(Instant now) {
    if (openedAt != null) {
      return Status.OPENED;
    }
    return now.isBefore(expiresAt) ? Status.WAITING : Status.EXPIRED;
  }

  void open(Instant now, String address, String token) {
    openedAt = now;
    openedFrom = address;
    tokenId = token;
  }

  /**
   * Counts an opening that was refused; whether it is one of the first, which the audit trail has.
   * Whoever has a link that is over could fill the trail with it.
   */
  boolean refuse() {
    if (refusals >= MOST_REFUSALS) {
      return false;
    }
    refusals++;
    return true;
  }

  @Override
  public String toString() {
    return "Handover[" + id + "]";
  }
}
