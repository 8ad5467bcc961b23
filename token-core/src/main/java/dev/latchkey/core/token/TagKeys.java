package dev.latchkey.core.token;

import jakarta.persistence.EntityManager;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of an installation's token tags: the newest one tags, all of them check, so that tokens
 * from before a key rotation stay good. Who steals a key can send us to the database, not get in.
 * Immutable and thread-safe.
 */
public final class TagKeys {

  private static final String HMAC = "HmacSHA256";
  private static final int TAG_BITS = 35;

  private final List<SecretKeySpec> newestFirst;

  /**
   * The keys of an installation.
   *
   * @param newestFirst at least one key of at least one byte
   */
  public TagKeys(List<byte[]> newestFirst) {
    if (newestFirst.isEmpty()) {
      throw new IllegalArgumentException("an installation has at least one tag key");
    }
    this.newestFirst = newestFirst.stream().map(key -> new SecretKeySpec(key, HMAC)).toList();
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

  long tag(String text) {
    return tag(text, newestFirst.get(0));
  }

  boolean made(String text, long tag) {
    for (SecretKeySpec key : newestFirst) {
      if (tag(text, key) == tag) {
        return true;
      }
    }
    return false;
  }

  private static long tag(String text, SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      byte[] code = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
      return ByteBuffer.wrap(code).getLong() >>> (Long.SIZE - TAG_BITS);
    } catch (NoSuchAlgorithmException | InvalidKeyException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  @Override
  public String toString() {
    return "TagKeys[" + newestFirst.size() + "]";
  }
}
