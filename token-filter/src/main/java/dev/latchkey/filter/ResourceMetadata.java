package dev.latchkey.filter;

import dev.latchkey.core.config.Echo;
import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.thirdparty.ClientAddress;
import dev.latchkey.core.thirdparty.PublicOrigin;
import dev.latchkey.core.thirdparty.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of the protected resource (RFC 9728 §2, §3). Its address comes from the
 * configuration, from a trusted proxy, or from what the server itself is bound to: a {@code Host}
 * that anybody may write is believed only when it names this machine.
 */
final class ResourceMetadata {

  static final String PATH = "/.well-known/oauth-protected-resource";

  private static final AllowedNetworks LOOPBACK = AllowedNetworks.of(List.of("127.0.0.0/8", "::1"));

  private final Optional<String> publicUrl;
  private final Optional<String> issuer;
  private final SortedSet<String> scopes;
  private final ClientAddress addresses;
  private final PublicOrigin origin;
  private volatile @Nullable Reached last;

  ResourceMetadata(Settings settings, SortedSet<String> scopes, ClientAddress addresses) {
    this.publicUrl =
        settings.get(Key.FILTER_PUBLIC_URL).map(url -> url(Key.FILTER_PUBLIC_URL, url));
    this.issuer = settings.get(Key.ISSUER).map(url -> url(Key.ISSUER, url));
    this.scopes = scopes;
    this.addresses = addresses;
    this.origin = new PublicOrigin(null, addresses);
  }

  /** As what the server was reached last, and the URL that follows from it. */
  private record Reached(
      String scheme,
      @Nullable String host,
      int port,
      @Nullable String address,
      int localPort,
      String url) {

    boolean by(HttpServletRequest request) {
      return port == request.getServerPort()
          && localPort == request.getLocalPort()
          && Objects.equals(host, request.getServerName())
          && Objects.equals(address, request.getLocalAddr())
          && scheme.equals(request.getScheme());
    }
  }

  /** Where the document of this application is. */
  String url(HttpServletRequest request) {
    if (publicUrl.isPresent() || addresses.viaTrustedProxy(request.getRemoteAddr())) {
      return base(request) + PATH;
    }
    // A flood of refusals mostly reaches the server as one, and this takes longer than the check.
    Reached reached = last;
    if (reached == null || !reached.by(request)) {
      reached =
          new Reached(
              request.getScheme(),
              request.getServerName(),
              request.getServerPort(),
              request.getLocalAddr(),
              request.getLocalPort(),
              base(request) + PATH);
      last = reached;
    }
    return reached.url;
  }

  /** Whether a path is that of the document, for the application or for a part of it. */
  static boolean isAt(String path) {
    return path.startsWith(PATH)
        && (path.length() == PATH.length() || path.charAt(PATH.length()) == '/');
  }

  /** Answers with the document. */
  void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
    // As it was asked for, escapes included: the two must be identical (RFC 9728 §3.3).
    String uri = request.getRequestURI();
    int at = uri.indexOf(PATH);
    String part = at < 0 ? "" : uri.substring(at + PATH.length());
    boolean plain =
        part.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<');
    if (!plain) {
      Problem.write(response, 404, "Not Found", "There is nothing at this address.");
      return;
    }
    String document =
        "{\"resource\":\""
            + base(request)
            + part
            + "\",\"bearer_methods_supported\":[\"header\"]"
            + issuer.map(url -> ",\"authorization_servers\":[\"" + url + "\"]").orElse("")
            + (scopes.isEmpty()
                ? ""
                : scopes.stream()
                    .collect(Collectors.joining("\",\"", ",\"scopes_supported\":[\"", "\"]")))
            + "}";
    byte[] body = document.getBytes(StandardCharsets.US_ASCII);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
  }

  private String base(HttpServletRequest request) {
    return publicUrl.orElseGet(() -> reachedBy(request));
  }

  private String reachedBy(HttpServletRequest request) {
    String local = bracketed(request.getLocalAddr());
    @Nullable String host = request.getServerName();
    boolean ours = host != null && (loopback(host) || bracketed(host).equals(local));
    PublicOrigin.Seen seen =
        new PublicOrigin.Seen(
            request.getRemoteAddr(),
            request.getScheme(),
            ours ? host : local,
            ours ? request.getServerPort() : request.getLocalPort(),
            request.getServletContext().getContextPath(),
            request::getHeaders);
    PublicUrl named = origin.namedByProxy(seen);
    return (named == null ? PublicOrigin.asSeen(seen) : named).toString();
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private static boolean loopback(String host) {
    return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || LOOPBACK.contain(host);
  }

  private static String url(Key<?> key, String text) {
    try {
      URI uri = new URI(text);
      boolean fine =
          uri.getHost() != null
              && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && text.chars().allMatch(c -> c < 0x7f);
      if (fine) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      }
    } catch (URISyntaxException notAUrl) {
      // told below
    }
    throw new InvalidConfigurationException(
        key
            + " = \""
            + Echo.value(text)
            + "\" is not allowed; it takes an absolute URL such as"
            + " https://api.example.org/app, without query and fragment");
  }
}
