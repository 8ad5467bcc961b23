package dev.latchkey.nodes;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A token that the load is sent with, and what must be true of it. Thread-safe. */
final class Watched {

  /** What a token is. */
  enum Kind {
    /** Active, and asked for all the time. */
    GOOD,
    /** Active, and not asked for before. */
    SELDOM,
    /** Not ours. */
    FOREIGN,
    /** Deactivated before the load began. */
    REVOKED,
    /** Expires while the load runs. */
    EXPIRING
  }

  private final Kind kind;
  private final String id;
  private final String path;
  private final String text;
  private final @Nullable Instant expiresAt;
  private volatile @Nullable Instant asked;
  private volatile @Nullable Instant revoked;

  Watched(Kind kind, String id, String path, String text, @Nullable Instant expiresAt) {
    this.kind = kind;
    this.id = id;
    this.path = path;
    this.text = text;
    this.expiresAt = expiresAt;
  }

  static Watched foreign(String text) {
    return new Watched(Kind.FOREIGN, "", "", text, null);
  }

  Kind kind() {
    return kind;
  }

  String id() {
    return id;
  }

  /** In the API. */
  String path() {
    return path;
  }

  String text() {
    return text;
  }

  @Nullable Instant expiresAt() {
    return expiresAt;
  }

  /** Somebody is about to ask for its deactivation. */
  void revocationIsAsked(Instant at) {
    asked = at;
  }

  /** Its deactivation was acknowledged. */
  void isRevoked(Instant at) {
    revoked = at;
  }

  @Nullable Instant revocationAsked() {
    return asked;
  }

  @Nullable Instant revoked() {
    return revoked;
  }

  @Override
  public String toString() {
    return kind + " token " + id;
  }
}
