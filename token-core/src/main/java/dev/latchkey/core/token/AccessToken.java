package dev.latchkey.core.token;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A token's row. It has the hash of the token, never the token, and no object of its third party:
 * issuing and checking read nothing but what they need. Not thread-safe; lives in one transaction.
 */
@Entity
@Table(name = "access_token")
public class AccessToken {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "third_party_id", updatable = false)
  private String thirdPartyId;

  @Column(name = "prefix", updatable = false)
  private String prefix;

  @Column(name = "hash", updatable = false)
  private byte[] hash;

  @Column(name = "label")
  private @Nullable String label;

  @Column(name = "scopes", updatable = false)
  private String scopes;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "created_by", updatable = false)
  private String createdBy;

  @Column(name = "expires_at")
  private @Nullable Instant expiresAt;

  @Column(name = "deactivated_at")
  private @Nullable Instant deactivatedAt;

  @Column(name = "replaced_by")
  private @Nullable String replacedBy;

  @Column(name = "reported_leaked_at")
  private @Nullable Instant reportedLeakedAt;

  @Column(name = "purge_at", updatable = false)
  private @Nullable Instant purgeAt;

  @Column(name = "certificate", updatable = false)
  private byte @Nullable [] certificate;

  @Column(name = "approved_by")
  private @Nullable String approvedBy;

  @Version
  @Column(name = "version")
  private long version;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected AccessToken() {}

  /** A new token of a third party whose row is kept. */
  public AccessToken(
      MintedToken minted,
      String thirdPartyId,
      @Nullable String label,
      Collection<String> scopes,
      Instant createdAt,
      String createdBy,
      @Nullable Instant expiresAt) {
    this(minted, thirdPartyId, label, scopes, createdAt, createdBy, expiresAt, null, null);
  }

  /**
   * A new token of a third party.
   *
   * @param expiresAt the end; null for never
   * @param purgeAt when its row may be deleted; null to keep it
   * @param certificate the client certificate that it is bound to; null for none
   */
  public AccessToken(
      MintedToken minted,
      String thirdPartyId,
      @Nullable String label,
      Collection<String> scopes,
      Instant createdAt,
      String createdBy,
      @Nullable Instant expiresAt,
      @Nullable Instant purgeAt,
      @Nullable CertificateThumbprint certificate) {
    this.id = minted.id();
    this.prefix = minted.prefix();
    this.hash = minted.hash().toBytes();
    this.thirdPartyId = thirdPartyId;
    this.label = label;
    this.scopes = Scopes.text(scopes);
    this.createdAt = createdAt;
    this.createdBy = createdBy;
    this.expiresAt = expiresAt;
    this.purgeAt = purgeAt;
    this.certificate = certificate == null ? null : certificate.toBytes();
  }

  /** The public handle. */
  public String id() {
    return id;
  }

  public String thirdPartyId() {
    return thirdPartyId;
  }

  /** What lists and logs show of the token. */
  public String hint() {
    return TokenFormat.hint(prefix, id);
  }

  public TokenHash hash() {
    return TokenHash.ofBytes(hash);
  }

  public @Nullable String label() {
    return label;
  }

  /** The scopes that it was issued with; unmodifiable. */
  public SortedSet<String> scopes() {
    return Scopes.parse(scopes);
  }

  public Instant createdAt() {
    return createdAt;
  }

  public String createdBy() {
    return createdBy;
  }

  /** The end, at which it is expired already; null for never. */
  public @Nullable Instant expiresAt() {
    return expiresAt;
  }

  /** When it was switched off; null when it is not. */
  public @Nullable Instant deactivatedAt() {
    return deactivatedAt;
  }

  /** The id of the token that a renewal put in its place; null before. */
  public @Nullable String replacedBy() {
    return replacedBy;
  }

  /** When somebody reported that they have found it; null for never. */
  public @Nullable Instant reportedLeakedAt() {
    return reportedLeakedAt;
  }

  /** Notes who has approved it; for a token that comes of an authorization code. */
  public void approvedBy(String name) {
    approvedBy = name;
  }

  /** Who has approved it; null when nobody had to. */
  public @Nullable String approvedBy() {
    return approvedBy;
  }

  /** The client certificate that it is bound to (RFC 8705 §3); null for none. */
  public @Nullable CertificateThumbprint certificate() {
    return certificate == null ? null : CertificateThumbprint.ofBytes(certificate);
  }

  /** Counts changes, for optimistic locking. */
  public long version() {
    return version;
  }

  /** The status at {@code now}, given whether the third party is enabled. */
  public TokenStatus status(Instant now, boolean thirdPartyEnabled) {
    return reportedLeakedAt == null
        ? TokenStatus.at(now, expiresAt, deactivatedAt, thirdPartyEnabled)
        : TokenStatus.REPORTED_LEAKED;
  }

  public void label(@Nullable String newLabel) {
    this.label = newLabel;
  }

  /** Switches it off; the first time counts. */
  public void deactivate(Instant now) {
    if (deactivatedAt == null) {
      deactivatedAt = now;
    }
  }

  /** Deactivates it for ever, because somebody has found it. */
  public void reportLeaked(Instant now) {
    deactivate(now);
    if (reportedLeakedAt == null) {
      reportedLeakedAt = now;
    }
  }

  /** Switches it on again; an end that has come stays the end. */
  public void activate() {
    deactivatedAt = null;
  }

  /** Puts {@code successor} in its place; it works until {@code end}, or its own end before. */
  public void replace(String successor, Instant end) {
    replacedBy = successor;
    if (expiresAt == null || end.isBefore(expiresAt)) {
      expiresAt = end;
    }
  }

  /** Names the row, not the secret. */
  @Override
  public String toString() {
    return "AccessToken[" + hint() + "]";
  }
}
