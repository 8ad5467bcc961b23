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
    return bytes == null || bytes.length == 4
        ? address
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
      for (String element : line.split(",", -1)) {
        hops.add(forwardedFor(element));
      }
    }
    return hops;
  }

  // RFC 7239 §4: for=192.0.2.60;proto=http, for="[2001:db8::17]:4711"
  private static String forwardedFor(String element) {
    for (String pair : element.split(";", -1)) {
      String parameter = pair.strip();
      if (parameter.regionMatches(true, 0, "for=", 0, 4)) {
        return address(parameter.substring(4).replace("\"", "").strip());
      }
    }
    // A hop that does not say; what stands left of it must not be taken for what it says.
    return UNKNOWN;
  }

  /** The address of a node of RFC 7239 §6, without its port. */
  static String address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? node : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    return colon >= 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
  }
}
