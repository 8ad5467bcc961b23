package dev.latchkey.core.oauth;

import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * An authorization code's row (RFC 6749 §4.1.2): the hash of the code, never the code, and what it
 * is bound to. Not thread-safe; lives in one transaction.
 */
@Entity
@Table(name = "authorization_code")
public class AuthorizationCode {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "hash", updatable = false)
  private byte[] hash;

  @Column(name = "third_party_id", updatable = false)
  private String thirdPartyId;

  @Column(name = "redirect_uri", updatable = false)
  private @Nullable String redirectUri;

  @Column(name = "code_challenge", updatable = false)
  private String codeChallenge;

  @Column(name = "scopes", updatable = false)
  private String scopes;

  @Column(name = "approved_by", updatable = false)
  private String approvedBy;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "expires_at", updatable = false)
  private Instant expiresAt;

  @Column(name = "used_at")
  private @Nullable Instant usedAt;

  @Column(name = "token_id")
  private @Nullable String tokenId;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected AuthorizationCode() {}

  AuthorizationCode(
      String id,
      TokenHash hash,
      AuthorizationRequest request,
      Collection<String> scopes,
      String approvedBy,
      Instant createdAt,
      Instant expiresAt) {
    this.id = id;
    this.hash = hash.toBytes();
    this.thirdPartyId = request.client().id();
    this.redirectUri = request.redirectUriGiven() ? request.redirectUri() : null;
    this.codeChallenge = request.codeChallenge();
    this.scopes = Scopes.text(scopes);
    this.approvedBy = approvedBy;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  boolean isOf(String code) {
    return TokenHash.ofBytes(hash).equals(TokenHash.of(code));
  }

  String id() {
    return id;
  }

  String thirdPartyId() {
    return thirdPartyId;
  }

  /** The redirect URI of the request; null when the request named none. */
  @Nullable String redirectUri() {
    return redirectUri;
  }

  String codeChallenge() {
    return codeChallenge;
  }

  SortedSet<String> scopes() {
    return Scopes.parse(scopes);
  }

  String approvedBy() {
    return approvedBy;
  }

  boolean expired(Instant now) {
    return !now.isBefore(expiresAt);
  }

  boolean used() {
    return usedAt != null;
  }

  /** The token that the code gave; null when it gave none. */
  @Nullable String tokenId() {
    return tokenId;
  }

  /** Marks it as used. */
  void use(Instant now, @Nullable String token) {
    usedAt = now;
    tokenId = token;
  }

  @Override
  public String toString() {
    return "AuthorizationCode[" + id + "]";
  }
}
