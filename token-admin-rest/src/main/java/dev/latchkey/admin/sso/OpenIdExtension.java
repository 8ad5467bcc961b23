package dev.latchkey.admin.sso;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.security.enterprise.authentication.mechanism.http.OpenIdAuthenticationMechanismDefinition;
import java.util.Optional;

/**
 * Has the server sign people in with the OpenID provider of the configuration, where there is one:
 * shows it a class with the annotation of Jakarta Security, whose values an annotation in the code
 * could not take from settings. Found by CDI itself, so that nothing of it is loaded where there is
 * no CDI.
 */
public final class OpenIdExtension implements Extension {

  /** For the container. */
  public OpenIdExtension() {}

  /** What the annotation stands on. */
  static class People {}

  /** Called by the container when it looks for beans. */
  void addMechanism(@Observes BeforeBeanDiscovery discovery) {
    definition()
        .ifPresent(
            definition ->
                discovery
                    .addAnnotatedType(People.class, People.class.getName())
                    .add(Dependent.Literal.INSTANCE)
                    .add(definition));
  }

  private static Optional<OpenIdAuthenticationMechanismDefinition> definition() {
    try {
      Settings settings = Settings.load(OpenIdExtension.class.getClassLoader());
      return OpenIdProvider.configured(settings)
          .map(provider -> OpenIdDefinition.of(provider, settings.get(Key.ADMIN_PUBLIC_URL)));
    } catch (InvalidConfigurationException told) {
      // The start of the admin WAR meets the same, and says it.
      return Optional.empty();
    }
  }
}
