package dev.latchkey.admin.signin;

import dev.latchkey.core.token.TokenHash;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Codes that take the place of an authenticator that was lost, each of which works once. They have
 * 80 random bits, so a quick hash is enough to keep them by. Immutable.
 *
 * @param hashes of those that are left, in hexadecimal
 */
record RecoveryCodes(List<String> hashes) {

  private static final int COUNT = 10;
  private static final int BYTES = 10;
  private static final int LETTERS = 16;
  private static final int GROUP = 4;

  // The first 128 bits of SHA-256: a person's ten fit into a row.
  private static final int HASH_BYTES = 16;

  static final RecoveryCodes NONE = new RecoveryCodes(List.of());

  RecoveryCodes {
    hashes = List.copyOf(hashes);
  }

  /** Ten new codes, such as {@code ABCD-EFGH-IJKL-MNOP}. */
  static List<String> random(SecureRandom random) {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      byte[] bytes = new byte[BYTES];
      random.nextBytes(bytes);
      codes.add(grouped(Totp.base32(bytes)));
    }
    return codes;
  }

  /** What is kept of new codes. */
  static RecoveryCodes of(List<String> codes) {
    return new RecoveryCodes(codes.stream().map(code -> hash(plain(code))).toList());
  }

  /** What {@link #text} has written. */
  static RecoveryCodes ofText(String text) {
    return text.isEmpty() ? NONE : new RecoveryCodes(List.of(text.split(" ", -1)));
  }

  String text() {
    return String.join(" ", hashes);
  }

  /** Those that are left when this one is used; empty when it is none of them. */
  Optional<RecoveryCodes> without(String code) {
    String plain = plain(code);
    String used = plain.length() == LETTERS ? hash(plain) : "";
    if (!hashes.contains(used)) {
      return Optional.empty();
    }
    return Optional.of(
        new RecoveryCodes(hashes.stream().filter(each -> !each.equals(used)).toList()));
  }

  int left() {
    return hashes.size();
  }

  private static String plain(String code) {
    return code.replace("-", "").replace(" ", "").toUpperCase(Locale.ROOT);
  }

  private static String hash(String plain) {
    return HexFormat.of().formatHex(TokenHash.of(plain).toBytes(), 0, HASH_BYTES);
  }

  private static String grouped(String letters) {
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < letters.length(); i += GROUP) {
      groups.add(letters.substring(i, i + GROUP));
    }
    return String.join("-", groups);
  }
}
