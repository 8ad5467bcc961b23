package dev.latchkey.filter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** The worst reading of a request URI that has several. Only for URIs that are ambiguous. */
final class SuspectedPath {

  // Each round costs the length of the URI, and anybody can ask for it.
  private static final int ROUNDS = 3;

  private SuspectedPath() {}

  /** The octets of a raw URI, decoded several times; what is no escape stays as it is. */
  static byte[] octets(String uri) {
    ByteArrayOutputStream raw = new ByteArrayOutputStream(uri.length());
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c <= 0xff) {
        // Most containers make one character of each octet.
        raw.write(c);
      } else {
        raw.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] octets = raw.toByteArray();
    for (int i = 0; i < ROUNDS; i++) {
      octets = decoded(octets);
    }
    return octets;
  }

  private static byte[] decoded(byte[] octets) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(octets.length);
    for (int i = 0; i < octets.length; i++) {
      int high = octets[i] == '%' ? hex(octets, i + 1) : -1;
      int low = high < 0 ? -1 : hex(octets, i + 2);
      if (low < 0) {
        decoded.write(octets[i]);
      } else {
        decoded.write(high * 16 + low);
        i += 2;
      }
    }
    return decoded.toByteArray();
  }

  private static int hex(byte[] octets, int at) {
    return at < octets.length && octets[at] > 0 ? Character.digit(octets[at], 16) : -1;
  }

  /** The path without parameters and without dot segments; backslashes are slashes. */
  static String resolved(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.replace('\\', '/').split("/", -1)) {
      int parameters = segment.indexOf(';');
      String name = parameters < 0 ? segment : segment.substring(0, parameters);
      if (name.equals("..")) {
        segments.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        segments.addLast(name);
      }
    }
    return "/" + String.join("/", segments);
  }
}
