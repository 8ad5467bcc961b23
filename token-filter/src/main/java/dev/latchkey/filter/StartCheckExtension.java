package dev.latchkey.filter;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.servlet.ServletContext;

/**
 * Has {@link StartCheck} look at each application that starts. CDI finds it whatever order {@code
 * web.xml} gives to libraries.
 */
public final class StartCheckExtension implements Extension {

  /** For the container. */
  public StartCheckExtension() {}

  /** Called by the container before an application serves requests. */
  void started(@Observes @Initialized(ApplicationScoped.class) ServletContext context) {
    StartCheck.check(context);
  }
}
