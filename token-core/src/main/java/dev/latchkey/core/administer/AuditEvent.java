package dev.latchkey.core.administer;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who did what when. Each event carries the hash of the one before, so that an event changed or
 * taken out afterwards shows. Never holds a secret.
 */
@Entity
@Table(name = "audit_event")
class AuditEvent {

  @Id
  @Column(name = "seq")
  private long seq;

  @Column(name = "created_at")
  private Instant at;

  @Column(name = "actor")
  private String actor;

  @Column(name = "address")
  private String address;

  @Column(name = "action")
  private String action;

  @Column(name = "third_party_id")
  private @Nullable String thirdPartyId;

  @Column(name = "token_id")
  private @Nullable String tokenId;

  @Column(name = "detail")
  private String detail;

  @Column(name = "previous_hash")
  private byte[] previousHash;

  @Column(name = "hash")
  private byte[] hash;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected AuditEvent() {}

  /** The event that comes behind {@code head}. */
  AuditEvent(
      AuditHead head,
      Instant at,
      Actor who,
      String action,
      @Nullable String thirdPartyId,
      @Nullable String tokenId,
      String detail) {
    this.seq = head.seq() + 1;
    this.at = at;
    this.actor = who.name();
    this.address = who.address();
    this.action = action;
    this.thirdPartyId = thirdPartyId;
    this.tokenId = tokenId;
    this.detail = detail;
    this.previousHash = head.hash();
    this.hash = computedHash();
  }

  long seq() {
    return seq;
  }

  byte[] hash() {
    return hash.clone();
  }

  /** Whether it is the event that was written behind one with this number and hash. */
  boolean follows(long earlierSeq, byte[] earlierHash) {
    return seq == earlierSeq + 1
        && Arrays.equals(previousHash, earlierHash)
        && Arrays.equals(hash, computedHash());
  }

  AuditEventView view() {
    return new AuditEventView(seq, at, actor, address, action, thirdPartyId, tokenId, detail);
  }

  private byte[] computedHash() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(previousHash);
      sha256.update(
          ByteBuffer.allocate(2 * Long.BYTES).putLong(seq).putLong(at.toEpochMilli()).flip());
      add(sha256, actor);
      add(sha256, address);
      add(sha256, action);
      add(sha256, thirdPartyId);
      add(sha256, tokenId);
      add(sha256, detail);
      return sha256.digest();
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  // With its length, so that no text can be moved from one field into the next.
  private static void add(MessageDigest digest, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    int length = text == null ? -1 : bytes.length;
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
    digest.update(bytes);
  }
}
