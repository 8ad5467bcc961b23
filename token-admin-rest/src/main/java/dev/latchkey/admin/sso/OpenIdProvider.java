package dev.latchkey.admin.sso;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * An OpenID provider as it is configured. Does not tell the client secret. Immutable.
 *
 * @param groupsClaim the claim that names {@code latchkey-viewer}, {@code -operator} or {@code
 *     -admin}
 */
public record OpenIdProvider(
    String issuer, String clientId, String clientSecret, String groupsClaim) {

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * The provider of the configuration; empty when there is none.
   *
   * @throws InvalidConfigurationException when it is only half there, or neither https nor on this
   *     machine
   */
  public static Optional<OpenIdProvider> configured(Settings settings) {
    return settings
        .get(Key.OIDC_ISSUER)
        .map(
            issuer ->
                new OpenIdProvider(
                    checked(issuer),
                    needed(settings, Key.OIDC_CLIENT_ID),
                    needed(settings, Key.OIDC_CLIENT_SECRET),
                    settings.get(Key.OIDC_GROUPS_CLAIM)));
  }

  private static String needed(Settings settings, Key<Optional<String>> key) {
    return settings
        .get(key)
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    key + " is missing; it is needed with " + Key.OIDC_ISSUER));
  }

  private static String checked(String issuer) {
    try {
      URI uri = URI.create(issuer);
      boolean secret = "https".equals(uri.getScheme());
      boolean local = "http".equals(uri.getScheme()) && isThisMachine(uri);
      if ((secret || local) && uri.getRawQuery() == null && uri.getRawFragment() == null) {
        return issuer;
      }
    } catch (IllegalArgumentException notAnAddress) {
      // said below
    }
    throw new InvalidConfigurationException(
        Key.OIDC_ISSUER + " is not allowed; it takes an https URL without query and fragment");
  }

  private static boolean isThisMachine(URI uri) {
    return uri.getHost() != null && THIS_MACHINE.contains(uri.getHost());
  }

  @Override
  public String toString() {
    return "OpenIdProvider[" + issuer + ", " + clientId + "]";
  }
}
