package dev.latchkey.core.administer;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The single row that holds the number and the hash of the last event. */
@Entity
@Table(name = "audit_head")
class AuditHead {

  static final int ONLY = 1;

  @Id
  @Column(name = "id")
  private int id = ONLY;

  @Column(name = "seq")
  private long seq;

  @Column(name = "hash")
  private byte[] hash = new byte[32];

  long seq() {
    return seq;
  }

  byte[] hash() {
    return hash.clone();
  }

  void moveTo(AuditEvent event) {
    seq = event.seq();
    hash = event.hash();
  }
}
