package dev.latchkey.core.thirdparty;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The URL of an application as people write it, without a slash at its end. Immutable.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address, an IPv6 address in brackets
 * @param port the port; -1, or that of the scheme, for none
 * @param path of the application, such as {@code /latchkey}; empty for the root
 */
public record PublicUrl(String scheme, String host, int port, String path) {

  private static final int GREATEST_PORT = 65_535;
  private static final int LONGEST_HOST = 255;
  private static final int LONGEST_PATH = 200;

  /** Drops the port of the scheme. */
  public PublicUrl {
    port = port == (scheme.equals("https") ? 443 : 80) ? -1 : port;
  }

  /** A host, and its port; -1 for none. */
  record HostPort(String host, int port) {

    /** What a text says; null when it is no host with or without a port. */
    static @Nullable HostPort parse(String text) {
      int colon = text.startsWith("[") ? text.indexOf("]:") + 1 : text.indexOf(':');
      boolean hasPort = colon > 0;
      String host = hasPort ? text.substring(0, colon) : text;
      int port = hasPort ? PublicUrl.port(text.substring(colon + 1)) : -1;
      return !isHost(host) || (hasPort && port < 0) ? null : new HostPort(host, port);
    }

    private static boolean isHost(String host) {
      if (host.length() > LONGEST_HOST) {
        return false;
      }
      if (host.startsWith("[") && host.endsWith("]")) {
        String address = host.substring(1, host.length() - 1);
        return address.indexOf('%') < 0
            && address.indexOf(':') >= 0
            && Cidr.address(address) != null;
      }
      // The same as a URI takes for a host: what it does not would end up in the wrong part of it.
      try {
        return host.equalsIgnoreCase(new URI("http://" + host + "/").getHost());
      } catch (URISyntaxException notAHost) {
        return false;
      }
    }
  }

  /** The URL of a checked text of the configuration. */
  static PublicUrl of(URI url) {
    String path = url.getRawPath();
    return new PublicUrl(
        url.getScheme(),
        url.getHost(),
        url.getPort(),
        path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
  }

  /** Whether it is https. */
  public boolean secure() {
    return scheme.equals("https");
  }

  /** Scheme, host and port, as a browser's {@code Origin} has them (RFC 6454 §6.1). */
  public String origin() {
    return scheme + "://" + host + (port < 0 ? "" : ":" + port);
  }

  /** The URL, without a slash at its end. */
  @Override
  public String toString() {
    return origin() + path;
  }

  /** The number of a port; -1 when the text is none. */
  static int port(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = digits ? Integer.parseInt(text) : 0;
    return port >= 1 && port <= GREATEST_PORT ? port : -1;
  }

  /** Whether a text is a path of plain segments, none of them empty or a way upwards. */
  static boolean isPath(String text) {
    return text.startsWith("/")
        && text.length() <= LONGEST_PATH
        && text.chars().allMatch(c -> c == '/' || c == '.' || plain(c))
        && !(text + "/").contains("//")
        && !(text + "/").contains("/./")
        && !(text + "/").contains("/../");
  }

  private static boolean plain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '~';
  }
}
