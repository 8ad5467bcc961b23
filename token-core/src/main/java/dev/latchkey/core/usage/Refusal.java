package dev.latchkey.core.usage;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/** How often requests were refused for a reason in an hour (of UTC). */
@Entity
@Table(name = "refusal")
public class Refusal {

  /** In place of a token's id: the request named none that is in the database. */
  public static final String NO_TOKEN = "";

  /** An hour, a reason, and a token or {@link #NO_TOKEN}. */
  @Embeddable
  public record Id(
      @Column(name = "refused_at") Instant hour,
      @Enumerated(EnumType.STRING) @Column(name = "reason") RefusalReason reason,
      @Column(name = "token_id") String tokenId)
      implements Serializable {}

  @EmbeddedId private Id id;

  @Column(name = "refusals")
  private long refusals;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected Refusal() {}

  public Id id() {
    return id;
  }

  public long refusals() {
    return refusals;
  }
}
