package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;

/**
 * Gives the container {@link BearerTokenMechanism} where {@code latchkey.mechanism=true}. Found by
 * CDI itself, so that nothing of it is loaded where there is no CDI.
 */
public final class MechanismExtension implements Extension {

  /** For the container. */
  public MechanismExtension() {}

  /** Called by the container when it looks for beans. */
  void addMechanism(@Observes BeforeBeanDiscovery discovery) {
    if (wanted()) {
      discovery
          .addAnnotatedType(BearerTokenMechanism.class, BearerTokenMechanism.class.getName())
          .add(ApplicationScoped.Literal.INSTANCE);
    }
  }

  private static boolean wanted() {
    try {
      return Settings.load(MechanismExtension.class.getClassLoader()).get(Key.MECHANISM);
    } catch (InvalidConfigurationException | LinkageError told) {
      // The initializer meets the same, says it, and closes the application.
      return false;
    }
  }
}
