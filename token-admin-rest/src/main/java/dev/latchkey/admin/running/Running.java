package dev.latchkey.admin.running;

import dev.latchkey.core.store.StoreUnavailableException;
import jakarta.servlet.ServletContext;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What runs in an application, by its type. Resources and filters are made by the server, so they
 * find in the servlet context what others are given by their constructors. Thread-safe.
 */
public final class Running {

  private static final String SERVICES = Running.class.getName();
  private static final String SINGLE_SIGN_ON = SERVICES + ".singleSignOn";

  private Running() {}

  /**
   * Tells what runs in an application.
   *
   * @param services by their types, once the database is there; null before
   */
  public static void set(
      ServletContext context, Supplier<? extends @Nullable Map<Class<?>, Object>> services) {
    context.setAttribute(SERVICES, services);
  }

  /**
   * A service that needs the database.
   *
   * @throws StoreUnavailableException when the database is not available yet
   * @throws IllegalStateException when the application was not started, or has no such service
   */
  public static <T> T service(ServletContext context, Class<T> type) {
    if (!(context.getAttribute(SERVICES) instanceof Supplier<?> services)) {
      throw new IllegalStateException("the admin WAR was not started");
    }
    Object running = services.get();
    if (running == null) {
      throw new StoreUnavailableException("the database is not there yet");
    }
    return found(type, ((Map<?, ?>) running).get(type));
  }

  /** Keeps something that is there from the start. */
  public static <T> void configure(ServletContext context, Class<T> type, T value) {
    context.setAttribute(type.getName(), value);
  }

  /**
   * Something that is there from the start.
   *
   * @throws IllegalStateException when the application was not started
   */
  public static <T> T configured(ServletContext context, Class<T> type) {
    return found(type, context.getAttribute(type.getName()));
  }

  private static <T> T found(Class<T> type, @Nullable Object value) {
    if (!type.isInstance(value)) {
      throw new IllegalStateException("the admin WAR has no " + type.getName());
    }
    return type.cast(value);
  }

  /** Keeps whether an OpenID provider signs people in. */
  public static void singleSignOn(ServletContext context, boolean configured) {
    context.setAttribute(SINGLE_SIGN_ON, configured);
  }

  /** Whether an OpenID provider signs people in. */
  public static boolean singleSignOn(ServletContext context) {
    return Boolean.TRUE.equals(context.getAttribute(SINGLE_SIGN_ON));
  }
}
