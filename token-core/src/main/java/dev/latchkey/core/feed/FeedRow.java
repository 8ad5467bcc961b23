package dev.latchkey.core.feed;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A change's row. */
@Entity
@Table(name = "change_feed")
class FeedRow {

  @Id
  @Column(name = "seq")
  private long seq;

  @Enumerated(EnumType.STRING)
  @Column(name = "kind")
  private Change.Kind kind;

  @Column(name = "subject")
  private String subject;

  @Column(name = "created_at")
  private Instant createdAt;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected FeedRow() {}

  FeedRow(long seq, Change change, Instant createdAt) {
    this.seq = seq;
    this.kind = change.kind();
    this.subject = change.subject();
    this.createdAt = createdAt;
  }

  long seq() {
    return seq;
  }

  Change change() {
    return new Change(kind, subject);
  }

  Instant createdAt() {
    return createdAt;
  }

  /** Whether it is the same change, and not another one of the same number. */
  boolean sameAs(FeedRow other) {
    return seq == other.seq && change().equals(other.change()) && createdAt.equals(other.createdAt);
  }
}
