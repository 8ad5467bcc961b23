package dev.latchkey.core.oauth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares redirect URIs. */
final class RedirectUris {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

  private static final int HIGHEST_PORT = 65_535;

  private RedirectUris() {}

  /**
   * Whether a request may name this redirect URI: it is the registered one, character by character
   * (RFC 9700 §2.1). On the loopback interface the port may be another one, because a native
   * application takes any free one (RFC 8252 §7.3).
   */
  static boolean matches(String registered, String asked) {
    return registered.equals(asked) || onLoopback(registered, asked);
  }

  private static boolean onLoopback(String registered, String asked) {
    URI mine = parsed(registered);
    URI theirs = parsed(asked);
    return mine != null
        && theirs != null
        && "http".equals(mine.getScheme())
        && "http".equals(theirs.getScheme())
        && LOOPBACK.contains(String.valueOf(mine.getHost()))
        && Objects.equals(mine.getHost(), theirs.getHost())
        && theirs.getRawUserInfo() == null
        && theirs.getRawFragment() == null
        && theirs.getPort() != 0
        && theirs.getPort() <= HIGHEST_PORT
        && Objects.equals(mine.getRawPath(), theirs.getRawPath())
        && Objects.equals(mine.getRawQuery(), theirs.getRawQuery())
        // No other spelling of the same parts.
        && asked.equals(rebuilt(theirs));
  }

  private static String rebuilt(URI uri) {
    return uri.getScheme()
        + "://"
        + uri.getHost()
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
        + uri.getRawPath()
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private static @Nullable URI parsed(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException notAUri) {
      return null;
    }
  }
}
