package dev.latchkey.core.administer;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who did what when. Each event carries the hash of the one before, and its own hash is made with a
 * key that is not in the database, so that an event that is changed or taken out afterwards shows.
 * Never holds a secret.
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

  @Column(name = "key_id")
  private @Nullable String keyId;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected AuditEvent() {}

  /** The event that comes behind {@code head}. */
  AuditEvent(
      AuditHead head,
      AuditKeys keys,
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
    this.keyId = keys.id();
    this.hash = Objects.requireNonNull(computedHash(keys));
  }

  long seq() {
    return seq;
  }

  byte[] hash() {
    return hash.clone();
  }

  /** The id of the key that authenticates it; null when it is from before there was one. */
  @Nullable String keyId() {
    return keyId;
  }

  /** Whether it is the event that was written behind one with this number and hash. */
  boolean follows(long earlierSeq, byte[] earlierHash, AuditKeys keys) {
    byte[] computed = computedHash(keys);
    return seq == earlierSeq + 1
        && Arrays.equals(previousHash, earlierHash)
        && computed != null
        && MessageDigest.isEqual(hash, computed);
  }

  AuditEventView view() {
    return new AuditEventView(seq, at, actor, address, action, thirdPartyId, tokenId, detail);
  }

  /** Null when the key that authenticates it is not among these. */
  private byte @Nullable [] computedHash(AuditKeys keys) {
    return keyId == null ? sha256(text()) : keys.code(keyId, text());
  }

  private static byte[] sha256(byte[] text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  private byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(previousHash);
    text.writeBytes(
        ByteBuffer.allocate(2 * Long.BYTES).putLong(seq).putLong(at.toEpochMilli()).array());
    add(text, actor);
    add(text, address);
    add(text, action);
    add(text, thirdPartyId);
    add(text, tokenId);
    add(text, detail);
    return text.toByteArray();
  }

  // With its length, so that no text can be moved from one field into the next.
  private static void add(ByteArrayOutputStream to, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    int length = text == null ? -1 : bytes.length;
    to.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    to.writeBytes(bytes);
  }
}
