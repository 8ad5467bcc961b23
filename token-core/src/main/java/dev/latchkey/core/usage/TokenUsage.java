package dev.latchkey.core.usage;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;

/** How often a token was used on a day (of UTC), and when and from where last. */
@Entity
@Table(name = "token_usage")
public class TokenUsage {

  /** A token and a day. */
  @Embeddable
  public record Id(
      @Column(name = "token_id") String tokenId, @Column(name = "used_on") LocalDate day)
      implements Serializable {}

  @EmbeddedId private Id id;

  @Column(name = "uses")
  private long uses;

  @Column(name = "last_used_at")
  private Instant lastUsedAt;

  @Column(name = "last_used_from")
  private String lastUsedFrom;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected TokenUsage() {}

  public String tokenId() {
    return id.tokenId();
  }

  public LocalDate day() {
    return id.day();
  }

  public long uses() {
    return uses;
  }

  public Instant lastUsedAt() {
    return lastUsedAt;
  }

  public String lastUsedFrom() {
    return lastUsedFrom;
  }
}
