package dev.latchkey.core.token;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A tag key's row; the newest one tags, all of them check. */
@Entity
@Table(name = "tag_key")
public class TagKeyRow {

  @Id
  @Column(name = "id")
  private int id;

  @Column(name = "secret", updatable = false)
  private byte[] secret;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected TagKeyRow() {}

  /**
   * A new key.
   *
   * @param id one more than the newest key's, so that two nodes can't both add one
   */
  public TagKeyRow(int id, byte[] secret, Instant createdAt) {
    this.id = id;
    this.secret = secret.clone();
    this.createdAt = createdAt;
  }

  /** The keys in the database, or empty when the installation has none yet. */
  public static Optional<TagKeys> stored(EntityManager em) {
    List<byte[]> keys =
        em.createQuery("select k from TagKeyRow k order by k.id desc", TagKeyRow.class)
            .getResultStream()
            .map(TagKeyRow::secret)
            .toList();
    return keys.isEmpty() ? Optional.empty() : Optional.of(new TagKeys(keys));
  }

  public int id() {
    return id;
  }

  public Instant createdAt() {
    return createdAt;
  }

  byte[] secret() {
    return secret.clone();
  }

  @Override
  public String toString() {
    return "TagKeyRow[" + id + "]";
  }
}
