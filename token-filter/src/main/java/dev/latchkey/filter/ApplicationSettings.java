package dev.latchkey.filter;

import dev.latchkey.core.config.Settings;
import jakarta.servlet.ServletContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of an application: those of {@link Settings}, and those that its framework has
 * found elsewhere and left in the {@link #ATTRIBUTE} of the context.
 */
final class ApplicationSettings {

  /**
   * The attribute of a servlet context with the framework's settings: a map of texts by key without
   * {@code latchkey.}. They count as init parameters that every filter of the application has.
   */
  static final String ATTRIBUTE = "dev.latchkey.filter.settings";

  private ApplicationSettings() {}

  /**
   * The settings of an application.
   *
   * @throws dev.latchkey.core.config.InvalidConfigurationException when they are not allowed
   */
  static Settings of(ServletContext context) {
    return of(Map.of(), context);
  }

  /**
   * The settings of a filter in an application.
   *
   * @param initParameters of the filter, which come before those of the framework
   * @throws dev.latchkey.core.config.InvalidConfigurationException when they are not allowed
   */
  static Settings of(Map<String, String> initParameters, ServletContext context) {
    Map<String, String> parameters = new HashMap<>();
    if (context.getAttribute(ATTRIBUTE) instanceof Map<?, ?> framework) {
      framework.forEach((key, text) -> parameters.put(key.toString(), text.toString()));
    }
    parameters.putAll(initParameters);
    return Settings.load(parameters, classesOf(context));
  }

  /** The class loader of the context; where it has none, as in an embedded Jetty, another one. */
  private static ClassLoader classesOf(ServletContext context) {
    @Nullable ClassLoader application = told(context);
    if (application == null) {
      application = Thread.currentThread().getContextClassLoader();
    }
    return application == null
        ? Objects.requireNonNull(ApplicationSettings.class.getClassLoader())
        : application;
  }

  private static @Nullable ClassLoader told(ServletContext context) {
    try {
      return context.getClassLoader();
    } catch (UnsupportedOperationException restricted) {
      // Servlet 6.0 §4.4: a context that a listener of a library is given.
      return null;
    }
  }
}
