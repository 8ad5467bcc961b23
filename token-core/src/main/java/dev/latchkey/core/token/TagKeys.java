package dev.latchkey.core.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of an installation's token tags: the newest one tags, all of them check, so that tokens
 * from before a key rotation stay good. Who steals a key can send us to the database, not get in.
 * Immutable and thread-safe.
 */
public final class TagKeys {

  private static final String HMAC = "HmacSHA256";
  private static final int TAG_BITS = 35;

  private static final int CODE = 32;

  private final List<SecretKeySpec> newestFirst;

  // Types of the JDK only: what a pooled thread of the server keeps must not hold on to the class
  // loader of the application that we are in.
  private final ThreadLocal<Object[]> scratch = ThreadLocal.withInitial(this::newScratch);

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
  public static Optional<TagKeys> stored(Connection connection) throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement("select secret from tag_key order by id desc");
        ResultSet rows = query.executeQuery()) {
      List<byte[]> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(rows.getBytes(1));
      }
      return keys.isEmpty() ? Optional.empty() : Optional.of(new TagKeys(keys));
    }
  }

  long tag(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return tag(mac(newestFirst.get(0)), bytes, bytes.length, new byte[CODE]);
  }

  /** Whether one of the keys gives this tag to the first characters of a token. */
  boolean made(BearerToken token, int length, long tag) {
    Object[] mine = scratch.get();
    byte[] in = (byte[]) mine[0];
    byte[] code = (byte[]) mine[1];
    if (length > in.length || !token.copyTo(in, length)) {
      return false;
    }
    for (int i = 2; i < mine.length; i++) {
      if (tag((Mac) mine[i], in, length, code) == tag) {
        return true;
      }
    }
    return false;
  }

  private Object[] newScratch() {
    Stream<Object> arrays = Stream.of(new byte[TokenFormat.LONGEST], new byte[CODE]);
    return Stream.concat(arrays, newestFirst.stream().map(TagKeys::mac)).toArray();
  }

  private static long tag(Mac mac, byte[] text, int length, byte[] code) {
    mac.update(text, 0, length);
    try {
      mac.doFinal(code, 0);
    } catch (ShortBufferException codeIsLongEnough) {
      throw new IllegalStateException(codeIsLongEnough);
    }
    return ByteBuffer.wrap(code).getLong() >>> (Long.SIZE - TAG_BITS);
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  @Override
  public String toString() {
    return "TagKeys[" + newestFirst.size() + "]";
  }
}
