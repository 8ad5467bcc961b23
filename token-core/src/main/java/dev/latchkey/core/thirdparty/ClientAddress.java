package dev.latchkey.core.thirdparty;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where a request came from: the peer, or behind trusted proxies what they say ({@code
 * X-Forwarded-For}, or {@code Forwarded} of RFC 7239), read from right to left up to the first
 * address that is no trusted proxy. What stands left of that, anybody may have written. Immutable.
 */
public final class ClientAddress {

  private static final String UNKNOWN = "unknown";

  private final AllowedNetworks proxies;

  /**
   * Addresses behind these proxies.
   *
   * @param proxies that are believed; {@link AllowedNetworks#ANYWHERE} for none
   */
  ClientAddress(AllowedNetworks proxies) {
    this.proxies = proxies;
  }

  /**
   * Addresses behind {@code latchkey.filter.trusted-proxies}.
   *
   * @throws InvalidConfigurationException when one of those is no CIDR
   */
  public static ClientAddress configured(Settings settings) {
    List<String> cidrs = settings.get(Key.FILTER_TRUSTED_PROXIES);
    try {
      return new ClientAddress(AllowedNetworks.of(cidrs));
    } catch (IllegalArgumentException notANetwork) {
      throw Key.FILTER_TRUSTED_PROXIES.invalid(String.join(", ", cidrs), "the configuration");
    }
  }

  /** Whether the peer is a proxy whose headers are believed. */
  public boolean viaTrustedProxy(String peer) {
    return !proxies.anywhere() && proxies.contain(peer);
  }

  /**
   * The address as text; {@code unknown}, which no network contains, when the proxies do not say or
   * their two headers differ. A client may add the header that its proxy does not set.
   *
   * @param peer the other end of the connection
   * @param headers the values of a header by its name, one for each line
   */
  public String of(String peer, Function<String, Enumeration<String>> headers) {
    if (!viaTrustedProxy(peer)) {
      return peer;
    }
    List<String> forwardedFor = forwardedFor(headers.apply("X-Forwarded-For"));
    List<String> forwarded = forwarded(headers.apply("Forwarded"));
    if (forwardedFor.isEmpty() && forwarded.isEmpty()) {
      return peer;
    }
    String client = client(forwardedFor.isEmpty() ? forwarded : forwardedFor);
    return forwarded.isEmpty() || client.equals(client(forwarded)) ? client : UNKNOWN;
  }

  /**
   * What counts as one place: an IPv4 address, or all of a /64 of IPv6, any address of which
   * whoever has one can take. A text that is no address stays what it is.
   */
  public static String place(String address) {
    byte[] bytes = Cidr.address(address);
    if (bytes == null) {
      return address;
    }
    // Four also for one in the form of IPv6 (RFC 4291 §2.5.5.2), which is the same place.
    return bytes.length == 4
        ? IntStream.range(0, 4)
            .mapToObj(i -> Integer.toString(bytes[i] & 0xff))
            .collect(Collectors.joining("."))
        : HexFormat.ofDelimiter(":").formatHex(bytes, 0, 8) + "::/64";
  }

  private String client(List<String> hops) {
    for (int i = hops.size() - 1; i >= 0; i--) {
      if (!proxies.contain(hops.get(i))) {
        return hops.get(i);
      }
    }
    return hops.get(0);
  }

  private static List<String> forwardedFor(Enumeration<String> lines) {
    List<String> hops = new ArrayList<>();
    for (String line : Collections.list(lines)) {
      for (String hop : line.split(",", -1)) {
        hops.add(address(hop.strip()));
      }
    }
    return hops;
  }

  private static List<String> forwarded(Enumeration<String> lines) {
    List<String> hops = new ArrayList<>();
    for (String line : Collections.list(lines)) {
      for (String element : split(line, ',')) {
        hops.add(forwardedFor(element));
      }
    }
    return hops;
  }

  // RFC 7239 §4: for=192.0.2.60;proto=http, for="[2001:db8::17]:4711"
  private static String forwardedFor(String element) {
    String node = null;
    for (String pair : split(element, ';')) {
      String parameter = pair.strip();
      if (parameter.regionMatches(true, 0, "for=", 0, 4)) {
        if (node != null) {
          return UNKNOWN;
        }
        node = address(unquoted(parameter.substring(4)));
      }
    }
    // A hop that does not say; what stands left of it must not be taken for what it says.
    return node == null ? UNKNOWN : node;
  }

  // A separator in a quoted string separates nothing (RFC 9110 §5.6.4): a proxy may quote what the
  // client has sent as its Host. A single quote is one that the client has left open, and what
  // stands
  // right of it counts; with more of them nothing can be told apart.
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    if (!quoted) {
      return parts;
    }
    return text.indexOf('"') == text.lastIndexOf('"')
        ? List.of(text.split(String.valueOf(separator), -1))
        : List.of(UNKNOWN);
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    String text = quoted ? value.substring(1, value.length() - 1) : value;
    return text.indexOf('"') < 0 && text.indexOf('\\') < 0 ? text : UNKNOWN;
  }

  // An address, alone or with a port behind it; anything else stays what it is and is in no
  // network.
  static String address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      boolean whole = end > 0 && (end == node.length() - 1 || port(node, end + 1));
      return whole ? node.substring(1, end) : node;
    }
    int colon = node.indexOf(':');
    if (colon >= 0 && colon == node.lastIndexOf(':')) {
      return port(node, colon) ? node.substring(0, colon) : node;
    }
    return node;
  }

  // RFC 7239 §6: up to five digits, or a name that hides it (_gazonk).
  private static boolean port(String node, int colon) {
    return node.charAt(colon) == ':'
        && node.length() > colon + 1
        && node.substring(colon + 1)
            .chars()
            .allMatch(c -> c < 0x7f && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0));
  }
}
