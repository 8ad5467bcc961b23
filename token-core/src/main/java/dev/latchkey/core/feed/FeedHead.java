package dev.latchkey.core.feed;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The single row that holds the number of the last change. */
@Entity
@Table(name = "feed_head")
class FeedHead {

  static final int ONLY = 1;

  @Id
  @Column(name = "id")
  private int id;

  @Column(name = "seq")
  private long seq;

  /** For Jakarta Persistence. */
  protected FeedHead() {}

  long next() {
    return ++seq;
  }

  long seq() {
    return seq;
  }
}
