package dev.latchkey.admin.signin;

import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;

/** A session's row: the hash of its cookie, never the cookie. */
@Entity
@Table(name = "admin_session")
public class AdminSession {

  static final Duration IDLE = Duration.ofMinutes(30);
  static final Duration LONGEST = Duration.ofHours(12);

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "hash", updatable = false)
  private byte[] hash;

  @Column(name = "user_name", updatable = false)
  private String user;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "last_seen_at")
  private Instant lastSeenAt;

  @Column(name = "address", updatable = false)
  private String address;

  @Column(name = "user_agent", updatable = false)
  private String userAgent;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected AdminSession() {}

  AdminSession(
      String id, TokenHash hash, String user, Instant now, String address, String userAgent) {
    this.id = id;
    this.hash = hash.toBytes();
    this.user = user;
    this.createdAt = now;
    this.lastSeenAt = now;
    this.address = address;
    this.userAgent = userAgent;
  }

  String id() {
    return id;
  }

  boolean hasCookie(String cookie) {
    return TokenHash.ofBytes(hash).equals(TokenHash.of(cookie));
  }

  String user() {
    return user;
  }

  Instant createdAt() {
    return createdAt;
  }

  Instant lastSeenAt() {
    return lastSeenAt;
  }

  String address() {
    return address;
  }

  String userAgent() {
    return userAgent;
  }

  /** When it ends whatever is done with it. */
  Instant endsAt() {
    return createdAt.plus(LONGEST);
  }

  boolean open(Instant now) {
    return now.isBefore(endsAt()) && now.isBefore(lastSeenAt.plus(IDLE));
  }

  @Override
  public String toString() {
    return "AdminSession[" + id + "]";
  }
}
