package dev.latchkey.core.administer;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A place in the audit trail that was noted elsewhere: the event with this number had this hash.
 * Immutable.
 *
 * @param seq the event's number
 * @param hash in lower-case hexadecimal digits
 */
public record AuditAnchor(long seq, String hash) {

  private static final int HASH_DIGITS = 64;

  /**
   * The anchor of two texts.
   *
   * @throws IllegalArgumentException when they are no number and no SHA-256 hash in hexadecimal
   *     digits
   */
  public static AuditAnchor parse(String seq, String hash) {
    long number = Long.parseLong(seq);
    if (number < 1 || hash.length() != HASH_DIGITS) {
      throw new IllegalArgumentException();
    }
    return new AuditAnchor(number, HexFormat.of().formatHex(HexFormat.of().parseHex(hash)));
  }

  /** What {@link #toString} has written; empty when it is something else. */
  static Optional<AuditAnchor> read(String text) {
    String[] parts = text.strip().split(" ", -1);
    try {
      return parts.length == 2 ? Optional.of(parse(parts[0], parts[1])) : Optional.empty();
    } catch (IllegalArgumentException somethingElse) {
      return Optional.empty();
    }
  }

  boolean is(AuditEvent event) {
    return event.seq() == seq && Arrays.equals(event.hash(), HexFormat.of().parseHex(hash));
  }

  /** {@code <seq> <hash>}. */
  @Override
  public String toString() {
    return seq + " " + hash;
  }
}
