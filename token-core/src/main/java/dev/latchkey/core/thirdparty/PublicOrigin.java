package dev.latchkey.core.thirdparty;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one resolver of the URL that people reach an application by: for links, cookies, redirects,
 * HSTS and metadata. In this order:
 *
 * <ol>
 *   <li>the URL of the configuration;
 *   <li>behind a trusted proxy what it says: {@code X-Forwarded-Proto}, {@code -Host}, {@code
 *       -Port} and {@code -Prefix}, or {@code Forwarded} (RFC 7239), read from right to left;
 *   <li>the request as the server sees it.
 * </ol>
 *
 * <p>What a proxy says in different ways is not believed: several different values, two headers
 * that contradict each other, a value that is malformed. Then the next source counts. If the
 * browser's {@code Origin} is https, so is the URL: a link is never less secure than the page that
 * it was made on. Immutable.
 */
public final class PublicOrigin {

  private final @Nullable PublicUrl configured;
  private final ClientAddress addresses;

  /**
   * URLs behind the given proxies.
   *
   * @param configured the URL that wins; null for none
   */
  public PublicOrigin(@Nullable URI configured, ClientAddress addresses) {
    this.configured = configured == null ? null : PublicUrl.of(configured);
    this.addresses = addresses;
  }

  /**
   * URLs behind {@code latchkey.filter.trusted-proxies}.
   *
   * @param configured the URL that wins; empty for none
   * @throws InvalidConfigurationException when one of the proxies is no CIDR
   */
  public static PublicOrigin configured(Settings settings, Optional<URI> configured) {
    return new PublicOrigin(configured.orElse(null), ClientAddress.configured(settings));
  }

  /**
   * A request as the server sees it.
   *
   * @param peer the address of the other end of the connection
   * @param scheme {@code http} or {@code https}
   * @param host the name or address, an IPv6 address in brackets or not
   * @param contextPath the path of the application at the server; empty for the root
   * @param headers the values of a header by its name, one for each line; null for none
   */
  public record Seen(
      String peer,
      String scheme,
      String host,
      int port,
      String contextPath,
      Function<String, @Nullable Enumeration<String>> headers) {}

  /** The URL for what a request is answered with: https if the page that sent the request is. */
  public PublicUrl of(Seen request) {
    PublicUrl url = reachedBy(request);
    return configured == null ? atLeastAsSecure(url, one(values(request, "Origin"))) : url;
  }

  /** The URL that the server and its proxies say the request came by. */
  public PublicUrl reachedBy(Seen request) {
    if (configured != null) {
      return configured;
    }
    return url(request, said(request));
  }

  /**
   * The URL by what a trusted proxy says, if it names the host; null otherwise. For those who don't
   * believe the {@code Host} that the server sees.
   */
  public @Nullable PublicUrl namedByProxy(Seen request) {
    Said said = said(request);
    return said.host == null ? null : url(request, said);
  }

  /** The URL as the server sees it, whatever proxies and browsers say. */
  public static PublicUrl asSeen(Seen request) {
    return url(request, Said.NOTHING);
  }

  private static PublicUrl url(Seen request, Said said) {
    String scheme = said.scheme == null ? request.scheme : said.scheme;
    boolean usual = request.port == usualPort(request.scheme);
    PublicUrl.HostPort host =
        said.host == null
            ? new PublicUrl.HostPort(bracketed(request.host), usual ? -1 : request.port)
            : said.host;
    return new PublicUrl(scheme, host.host(), host.port(), said.prefix + request.contextPath);
  }

  /** What a trusted proxy says; null where it says nothing that is believed. */
  private record Said(@Nullable String scheme, PublicUrl.@Nullable HostPort host, String prefix) {

    static final Said NOTHING = new Said(null, null, "");
  }

  private Said said(Seen request) {
    if (!addresses.viaTrustedProxy(request.peer)) {
      return Said.NOTHING;
    }
    Element element = forwarded(request);
    String scheme =
        agreed(
            lowerCase(one(values(request, "X-Forwarded-Proto"))),
            lowerCase(element.value("proto")));
    String host =
        agreed(
            lowerCase(one(values(request, "X-Forwarded-Host"))), lowerCase(element.value("host")));
    return new Said(
        "http".equals(scheme) || "https".equals(scheme) ? scheme : null,
        hostPort(host, one(values(request, "X-Forwarded-Port"))),
        prefix(one(values(request, "X-Forwarded-Prefix"))));
  }

  /** The element that the first trusted proxy wrote; what stands left of it is anybody's. */
  private Element forwarded(Seen request) {
    List<String> elements = values(request, "Forwarded");
    for (int i = elements.size() - 1; i >= 0; i--) {
      Element element = new Element(elements.get(i));
      String from = element.value("for");
      if (i == 0 || from == null || !addresses.viaTrustedProxy(ClientAddress.address(from))) {
        return element;
      }
    }
    return new Element("");
  }

  /** One element of {@code Forwarded} (RFC 7239 §4). */
  private record Element(String text) {

    /** The value of a parameter, without quotes; null when it is missing or there twice. */
    @Nullable String value(String name) {
      List<String> values = new ArrayList<>();
      for (String pair : text.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(name)) {
          values.add(pair.substring(equals + 1).strip().replace("\"", ""));
        }
      }
      return values.size() == 1 ? values.get(0) : null;
    }
  }

  private static PublicUrl.@Nullable HostPort hostPort(
      @Nullable String host, @Nullable String port) {
    PublicUrl.HostPort said = host == null ? null : PublicUrl.HostPort.parse(host);
    if (said == null || port == null) {
      return said;
    }
    int number = PublicUrl.port(port);
    boolean contradicts = said.port() >= 0 && number != said.port();
    return number < 0 || contradicts ? null : new PublicUrl.HostPort(said.host(), number);
  }

  private static String prefix(@Nullable String text) {
    if (text == null || text.equals("/")) {
      return "";
    }
    String prefix = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return PublicUrl.isPath(prefix) ? prefix : "";
  }

  // A page of the same host knows the port as well; one of another host only that TLS is there.
  private static PublicUrl atLeastAsSecure(PublicUrl url, @Nullable String origin) {
    if (url.secure() || origin == null) {
      return url;
    }
    try {
      URI page = new URI(origin);
      if (!"https".equalsIgnoreCase(page.getScheme())) {
        return url;
      }
      boolean sameHost = url.host().equalsIgnoreCase(page.getHost());
      return new PublicUrl("https", url.host(), sameHost ? page.getPort() : url.port(), url.path());
    } catch (URISyntaxException notAnOrigin) {
      return url;
    }
  }

  /** The elements of all lines of a header. */
  private static List<String> values(Seen request, String header) {
    Enumeration<String> lines = request.headers.apply(header);
    List<String> values = new ArrayList<>();
    if (lines != null) {
      for (String line : Collections.list(lines)) {
        for (String value : line.split(",", -1)) {
          values.add(value.strip());
        }
      }
    }
    return values;
  }

  /** The value of all; null when there is none, or when they differ. */
  private static @Nullable String one(List<String> values) {
    return values.isEmpty() || values.stream().distinct().count() > 1 ? null : values.get(0);
  }

  private static @Nullable String lowerCase(@Nullable String text) {
    return text == null ? null : text.toLowerCase(Locale.ROOT);
  }

  private static @Nullable String agreed(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.equals(other) ? one : null;
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static int usualPort(String scheme) {
    return "https".equals(scheme) ? 443 : 80;
  }
}
