package dev.latchkey.filter;

import jakarta.servlet.ServletContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the class loader of an application. */
final class ApplicationClasses {

  private ApplicationClasses() {}

  /**
   * The class loader whose {@code latchkey.properties} counts: that of the context; where it has
   * none, as in an embedded Jetty, or does not tell it, that of the thread, then our own.
   */
  static ClassLoader of(ServletContext context) {
    @Nullable ClassLoader application = told(context);
    if (application == null) {
      application = Thread.currentThread().getContextClassLoader();
    }
    return application == null
        ? Objects.requireNonNull(ApplicationClasses.class.getClassLoader())
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
