package dev.latchkey.core.thirdparty;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A network: an address and how many of its leading bits count. Its text is printed from the bytes
 * (RFC 5952 §4 for IPv6), never copied from the text that was parsed. Immutable.
 */
final class Cidr {

  private static final int IPV4 = 4;
  private static final int GROUPS = 8;
  // An IPv4 address in IPv6 (RFC 4291 §2.5.5.2): 80 bits of zero, 16 of one, then the address.
  private static final int MAPPED_BITS = 96;

  private final byte[] network;
  private final int prefix;
  // Whether the prefix length was written out; a single address is also a network.
  private final boolean writtenOut;

  private Cidr(byte[] network, int prefix, boolean writtenOut) {
    this.network = network;
    this.prefix = prefix;
    this.writtenOut = writtenOut;
  }

  /**
   * The network in a text: an address without a zone id, alone or with a slash and a prefix length.
   *
   * @throws IllegalArgumentException when the text is anything else, or has bits set behind its
   *     prefix; the message does not repeat the text
   */
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    byte[] written = literal(literal);
    if (written == null) {
      throw new IllegalArgumentException(
          "not a network: expected an address and a prefix length, such as 10.0.0.0/8 or"
              + " 2001:db8::/32");
    }
    int bits = written.length * Byte.SIZE;
    int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
    for (int bit = prefix; bit < bits; bit++) {
      if ((written[bit / Byte.SIZE] & (0x80 >> (bit % Byte.SIZE))) != 0) {
        throw new IllegalArgumentException(
            "has bits set behind its prefix length of "
                + prefix
                + "; is it one address (/"
                + bits
                + ") or another network?");
      }
    }
    byte[] network = withoutMapping(written);
    return new Cidr(
        network, network.length == written.length ? prefix : prefix - MAPPED_BITS, slash >= 0);
  }

  boolean contains(byte[] address) {
    if (network.length != address.length) {
      return false;
    }
    int whole = prefix / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (network[i] != address[i]) {
        return false;
      }
    }
    int rest = prefix % Byte.SIZE;
    return rest == 0 || ((network[whole] ^ address[whole]) & 0xff) >> (Byte.SIZE - rest) == 0;
  }

  /**
   * The bytes of an IP address, or null when the text is none; never asks the DNS. A zone id behind
   * an IPv6 address (RFC 6874) is left out: it names an interface of the machine, not a place.
   */
  static byte @Nullable [] address(String text) {
    int zone = text.indexOf('%');
    if (zone >= 0 && (text.indexOf(':') < 0 || !zoneId(text.substring(zone + 1)))) {
      return null;
    }
    byte[] bytes = literal(zone < 0 ? text : text.substring(0, zone));
    return bytes == null ? null : withoutMapping(bytes);
  }

  private static boolean zoneId(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> letterOrDigit(c) || c == '.' || c == '-' || c == '_');
  }

  private static boolean letterOrDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static byte @Nullable [] literal(String text) {
    return text.indexOf(':') >= 0 ? ipv6(text) : dottedQuad(text);
  }

  private static byte[] withoutMapping(byte[] address) {
    if (address.length == IPV4) {
      return address;
    }
    for (int i = 0; i < 12; i++) {
      if (address[i] != (byte) (i < 10 ? 0 : 0xff)) {
        return address;
      }
    }
    return Arrays.copyOfRange(address, 12, 16);
  }

  // RFC 4291 §2.2: eight groups of hex digits, "::" once for one or more groups of zero, and a
  // dotted quad for the last two.
  private static byte @Nullable [] ipv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte[] all = groups(text);
      return all != null && all.length == 2 * GROUPS ? all : null;
    }
    byte[] left = groups(text.substring(0, gap));
    byte[] right = groups(text.substring(gap + 2));
    // Only the last two groups are ever a dotted quad.
    if (left == null
        || right == null
        || text.lastIndexOf('.', gap) >= 0
        || left.length + right.length > 2 * (GROUPS - 1)) {
      return null;
    }
    byte[] address = Arrays.copyOf(left, 2 * GROUPS);
    System.arraycopy(right, 0, address, address.length - right.length, right.length);
    return address;
  }

  private static byte @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] groups = text.split(":", -1);
    if (groups.length > GROUPS) {
      return null;
    }
    byte[] bytes = new byte[2 * groups.length + 2];
    int length = 0;
    for (int i = 0; i < groups.length; i++) {
      String group = groups[i];
      if (i == groups.length - 1 && group.indexOf('.') >= 0) {
        byte[] quad = dottedQuad(group);
        if (quad == null) {
          return null;
        }
        System.arraycopy(quad, 0, bytes, length, IPV4);
        length += IPV4;
      } else {
        int value = hex(group);
        if (value < 0) {
          return null;
        }
        bytes[length++] = (byte) (value >> Byte.SIZE);
        bytes[length++] = (byte) value;
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  private static int hex(String group) {
    if (group.isEmpty() || group.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < group.length(); i++) {
      char c = group.charAt(i);
      int digit = c < 0x7f ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static byte @Nullable [] dottedQuad(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != IPV4) {
      return null;
    }
    byte[] bytes = new byte[IPV4];
    for (int i = 0; i < IPV4; i++) {
      int value = decimal(parts[i]);
      if (value < 0 || value > 255) {
        return null;
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static int prefix(String text, int bits) {
    int prefix = decimal(text);
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("its prefix length is not a number from 0 to " + bits);
    }
    return prefix;
  }

  // No leading zeros: some read 010 as eight.
  private static int decimal(String text) {
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (text.isEmpty()
        || text.length() > 3
        || !digits
        || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    return Integer.parseInt(text);
  }

  /** Whether both are the same network, however its prefix length was written. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that
        && prefix == that.prefix
        && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefix;
  }

  /** The canonical text; holds digits, letters, dots, colons and one slash at most. */
  @Override
  public String toString() {
    String address = network.length == IPV4 ? ofIpv4() : ofIpv6();
    return writtenOut ? address + '/' + prefix : address;
  }

  private String ofIpv4() {
    StringBuilder text = new StringBuilder();
    for (byte each : network) {
      text.append(text.isEmpty() ? "" : ".").append(each & 0xff);
    }
    return text.toString();
  }

  // RFC 5952 §4: no leading zeros, small letters, "::" for the first of the longest runs of at
  // least two groups of zero.
  private String ofIpv6() {
    int gap = -1;
    int gapLength = 1;
    for (int start = 0; start < GROUPS; start++) {
      int end = start;
      while (end < GROUPS && group(end) == 0) {
        end++;
      }
      if (end - start > gapLength) {
        gap = start;
        gapLength = end - start;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == gap) {
        text.append("::");
        i += gapLength - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }

  private int group(int i) {
    return (network[2 * i] & 0xff) << Byte.SIZE | network[2 * i + 1] & 0xff;
  }
}
