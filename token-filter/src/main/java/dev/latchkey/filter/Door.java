package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;

/** By which door requests come into an application, as its filter sees it. */
enum Door {
  /** The filter checks. */
  FILTER,
  /** The filter checks, and answers proxies that ask it to check for others: our own WAR. */
  FORWARD_AUTH,
  /** The server asks {@link BearerTokenMechanism}; the filter behind it lets nobody by. */
  MECHANISM;

  /**
   * Refuses two doors at once.
   *
   * @throws InvalidConfigurationException when the configuration is for another door
   */
  void allowedBy(Settings settings) {
    if (settings.get(Key.MECHANISM) && this != MECHANISM) {
      throw new InvalidConfigurationException(
          Key.MECHANISM
              + " = \"true\" is not allowed here: "
              + (this == FORWARD_AUTH
                  ? "the forward-auth WAR has no application to give roles to"
                  : "the application also declares the filter; take one of the two out"));
    }
  }
}
