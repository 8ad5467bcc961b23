package dev.latchkey.filter;

import dev.latchkey.core.thirdparty.AllowedNetworks;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a request came from: the peer, or behind trusted proxies what they say, read from right to
 * left up to the first address that is no trusted proxy. What stands left of that, anybody may have
 * written.
 */
final class ClientAddress {

  private static final String UNKNOWN = "unknown";

  private final AllowedNetworks proxies;

  ClientAddress(AllowedNetworks proxies) {
    this.proxies = proxies;
  }

  /** Whether the peer is a proxy whose headers are believed. */
  boolean viaTrustedProxy(HttpServletRequest request) {
    return !proxies.anywhere() && proxies.contain(request.getRemoteAddr());
  }

  /**
   * The address as text; {@code unknown}, which no network contains, when the proxies do not say or
   * their two headers differ. A client may add the header that its proxy does not set.
   */
  String of(HttpServletRequest request) {
    String peer = request.getRemoteAddr();
    if (proxies.anywhere() || !proxies.contain(peer)) {
      return peer;
    }
    List<String> forwardedFor = forwardedFor(request);
    List<String> forwarded = forwarded(request);
    if (forwardedFor.isEmpty() && forwarded.isEmpty()) {
      return peer;
    }
    String client = client(forwardedFor.isEmpty() ? forwarded : forwardedFor);
    return forwarded.isEmpty() || client.equals(client(forwarded)) ? client : UNKNOWN;
  }

  private String client(List<String> hops) {
    for (int i = hops.size() - 1; i >= 0; i--) {
      if (!proxies.contain(hops.get(i))) {
        return hops.get(i);
      }
    }
    return hops.get(0);
  }

  private static List<String> forwardedFor(HttpServletRequest request) {
    List<String> hops = new ArrayList<>();
    for (String line : Collections.list(request.getHeaders("X-Forwarded-For"))) {
      for (String hop : line.split(",", -1)) {
        hops.add(address(hop.strip()));
      }
    }
    return hops;
  }

  private static List<String> forwarded(HttpServletRequest request) {
    List<String> hops = new ArrayList<>();
    for (String line : Collections.list(request.getHeaders("Forwarded"))) {
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

  private static String address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? node : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    return colon >= 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
  }
}
