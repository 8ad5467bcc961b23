package dev.latchkey.filter;

import dev.latchkey.core.config.Settings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BearerTokenMechanism} works with: the guard of the application, there from its start
 * to its end. WildFly makes filters when the first request reaches them, which is too late for it.
 */
final class SecondDoor implements ServletContextListener {

  private static final String GUARD = SecondDoor.class.getName();

  private final Settings settings;
  private final Clock clock;
  private @Nullable SharedNode node;

  /** For the application with these settings. */
  SecondDoor(Settings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The guard that an application will have; to be asked for before anything is served, so that
   * what is wrong with the settings is found then.
   *
   * @throws dev.latchkey.core.config.InvalidConfigurationException when they are not allowed
   */
  Guard guard() {
    return Guard.of(
        settings, new Gate(settings, () -> node == null ? null : node.verifier()), false);
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    node = SharedNode.of(context, settings, clock);
    Guard guard = guardOf(context);
    if (guard != null) {
      node.metrics().add(guard.challenge().counts());
      Protection.log(settings, guard.gate().rules(), Door.MECHANISM, context, null);
    }
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    event.getServletContext().removeAttribute(GUARD);
    if (node != null) {
      node.close();
    }
  }

  /** Makes it the guard of an application. */
  static void guard(ServletContext context, Guard guard) {
    context.setAttribute(GUARD, guard);
  }

  /** The guard of an application; null where there is none. */
  static @Nullable Guard guardOf(ServletContext context) {
    return context.getAttribute(GUARD) instanceof Guard guard ? guard : null;
  }
}
