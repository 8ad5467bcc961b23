package dev.latchkey.core.administer;

import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/** What a request with an idempotency key has created. */
@Entity
@Table(name = "idempotency_key")
class IdempotencyRow {

  /** An actor's key; one actor can't see what another one's key stands for. */
  @Embeddable
  public record Id(
      @Column(name = "actor") String actor, @Column(name = "idempotency_key") String key)
      implements Serializable {}

  @EmbeddedId private Id id;

  @Column(name = "request_hash")
  private byte[] requestHash;

  @Column(name = "third_party_id")
  private String thirdPartyId;

  @Column(name = "resource_id")
  private String resourceId;

  @Column(name = "created_at")
  private Instant createdAt;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected IdempotencyRow() {}

  IdempotencyRow(
      Id id, TokenHash request, String thirdPartyId, String resourceId, Instant createdAt) {
    this.id = id;
    this.requestHash = request.toBytes();
    this.thirdPartyId = thirdPartyId;
    this.resourceId = resourceId;
    this.createdAt = createdAt;
  }

  boolean isFor(TokenHash request) {
    return TokenHash.ofBytes(requestHash).equals(request);
  }

  String thirdPartyId() {
    return thirdPartyId;
  }

  String resourceId() {
    return resourceId;
  }

  Id id() {
    return id;
  }

  Instant createdAt() {
    return createdAt;
  }
}
