package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.ServletContext;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts the filter in front of a Spring Boot application; called by its auto-configuration, not by
 * applications. Stateless.
 */
public final class SpringBoot {

  private SpringBoot() {}

  /**
   * Registers the filter as {@link LatchkeyInitializer} does, unless that was called before by the
   * server that the application is deployed to.
   *
   * @param parameters texts by key without {@code latchkey.}
   * @param own whether the application registers a filter as a bean; only WebSocket handshakes are
   *     checked in front of it then
   * @throws dev.latchkey.core.config.InvalidConfigurationException when the settings are not
   *     allowed; the application does not start then
   */
  public static void register(ServletContext context, Map<String, String> parameters, boolean own) {
    Map<String, String> settings = new HashMap<>(parameters);
    if (own) {
      settings.put(Key.FILTER_REGISTER.initParameter(), "false");
    }
    context.setAttribute(ApplicationSettings.ATTRIBUTE, Map.copyOf(settings));
    Settings checked = ApplicationSettings.of(context);
    new Gate(checked, () -> null);
    new LatchkeyInitializer().onStartup(null, context);
  }
}
