package dev.latchkey.core.thirdparty;

import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client secret's row: the hash of a secret of 256 random bits, never the secret. A third party
 * has one that does not end, and for an overlap after a rotation the one before.
 */
@Entity
@Table(name = "client_secret")
public class ClientSecret {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "third_party_id", updatable = false)
  private String thirdPartyId;

  @Column(name = "hash", updatable = false)
  private byte[] hash;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "created_by", updatable = false)
  private @Nullable String createdBy;

  @Column(name = "expires_at")
  private @Nullable Instant expiresAt;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected ClientSecret() {}

  /**
   * A new secret that does not end.
   *
   * @param createdBy whom it is shown to, or whose link shows it
   */
  public ClientSecret(
      String id, String thirdPartyId, TokenHash hash, Instant createdAt, String createdBy) {
    this.id = id;
    this.thirdPartyId = thirdPartyId;
    this.hash = hash.toBytes();
    this.createdAt = createdAt;
    this.createdBy = createdBy;
  }

  public String id() {
    return id;
  }

  public String thirdPartyId() {
    return thirdPartyId;
  }

  public TokenHash hash() {
    return TokenHash.ofBytes(hash);
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** The end, at which it works no more; null for none. */
  public @Nullable Instant expiresAt() {
    return expiresAt;
  }

  /** Ends it at {@code end}, or at its own end before. */
  public void endAt(Instant end) {
    if (expiresAt == null || end.isBefore(expiresAt)) {
      expiresAt = end;
    }
  }

  @Override
  public String toString() {
    return "ClientSecret[" + id + "]";
  }
}
