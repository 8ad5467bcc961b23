package dev.latchkey.core.administer;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.HomeFolder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that authenticate audit events. They are not in the database, so that nobody can write
 * an event who has the database alone. The first one authenticates; all of them verify. Immutable;
 * thread-safe.
 */
final class AuditKeys {

  private static final String FILE = "audit-key";
  private static final String HMAC = "HmacSHA256";
  private static final String ID_TEXT = "id of a latchkey audit key";
  private static final int KEY_BYTES = 32;
  private static final int SHORTEST = 32;
  private static final int ID_DIGITS = 16;

  private final List<Named> keys;

  private record Named(String id, SecretKeySpec key) {}

  private AuditKeys(List<Named> keys) {
    this.keys = keys;
  }

  /**
   * The keys in {@code latchkey.audit.key}, or the one in the file {@code audit-key} of the home
   * folder, which is made when it is not there.
   *
   * @throws InvalidConfigurationException when a configured key is too short
   * @throws dev.latchkey.core.store.StoreUnavailableException when the file can't be made
   */
  static AuditKeys of(Settings settings, Supplier<HomeFolder> home, SecureRandom random) {
    List<String> texts =
        settings.get(Key.AUDIT_KEY).isEmpty()
            ? List.of(home.get().secret(FILE, () -> generated(random)))
            : settings.get(Key.AUDIT_KEY);
    List<Named> keys = new ArrayList<>();
    for (String text : texts) {
      if (text.length() < SHORTEST) {
        throw new InvalidConfigurationException(
            Key.AUDIT_KEY
                + " is not allowed; it takes keys of at least "
                + SHORTEST
                + " characters, separated by commas");
      }
      SecretKeySpec key = new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), HMAC);
      keys.add(new Named(id(key), key));
    }
    return new AuditKeys(List.copyOf(keys));
  }

  private static String generated(SecureRandom random) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String id(SecretKeySpec key) {
    byte[] code = code(key, ID_TEXT.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(code).substring(0, ID_DIGITS);
  }

  /** The id of the key that authenticates. Tells nothing of the key. */
  String id() {
    return keys.get(0).id;
  }

  /** Whether one of the keys has this id. */
  boolean has(String id) {
    return keys.stream().anyMatch(each -> each.id.equals(id));
  }

  /** The code of a text by the key with this id; null when there is no such key here. */
  byte @Nullable [] code(String id, byte[] text) {
    for (Named each : keys) {
      if (each.id.equals(id)) {
        return code(each.key, text);
      }
    }
    return null;
  }

  private static byte[] code(SecretKeySpec key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(text);
    } catch (GeneralSecurityException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  @Override
  public String toString() {
    return "AuditKeys[" + keys.size() + "]";
  }
}
