package dev.latchkey.core.thirdparty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A network: an address and how many of its leading bits count. */
record Cidr(String text, InetAddress network, int prefix) {

  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    byte[] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException(
          "not a network: expected an address and a prefix length, such as 10.0.0.0/8 or"
              + " 2001:db8::/32");
    }
    int bits = address.length * Byte.SIZE;
    int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
    for (int bit = prefix; bit < bits; bit++) {
      if ((address[bit / Byte.SIZE] & (0x80 >> (bit % Byte.SIZE))) != 0) {
        throw new IllegalArgumentException(
            "has bits set behind its prefix length of "
                + prefix
                + "; is it one address (/"
                + bits
                + ") or another network?");
      }
    }
    return new Cidr(text, inetAddress(address), prefix);
  }

  boolean contains(byte[] address) {
    byte[] mine = network.getAddress();
    if (mine.length != address.length) {
      return false;
    }
    int whole = prefix / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != address[i]) {
        return false;
      }
    }
    int rest = prefix % Byte.SIZE;
    return rest == 0 || ((mine[whole] ^ address[whole]) & 0xff) >> (Byte.SIZE - rest) == 0;
  }

  /** The bytes of an IP address, or null when the text is none; never asks the DNS. */
  static byte @Nullable [] address(String text) {
    try {
      if (text.indexOf(':') >= 0) {
        int zone = text.indexOf('%');
        String literal = zone < 0 ? text : text.substring(0, zone);
        return isLiteral(literal) ? InetAddress.getByName(literal).getAddress() : null;
      }
      byte[] bytes = dottedQuad(text);
      return bytes;
    } catch (UnknownHostException notAnAddress) {
      return null;
    }
  }

  // A text with a colon in it that begins so is taken as an IPv6 literal or refused. Any other is
  // looked up, and the empty one is this machine.
  private static boolean isLiteral(String text) {
    return text.indexOf(':') >= 0
        && text.charAt(0) != '.'
        && text.chars().allMatch(c -> c == ':' || c == '.' || hexDigit(c));
  }

  private static boolean hexDigit(int c) {
    return c < 0x7f && Character.digit(c, 16) >= 0;
  }

  private static byte @Nullable [] dottedQuad(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
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

  private static InetAddress inetAddress(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException fourOrSixteenBytes) {
      throw new IllegalStateException(fourOrSixteenBytes);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
