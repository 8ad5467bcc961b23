package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/**
 * Notices an application that starts without {@link LatchkeyInitializer}: containers do not call
 * the initializer of a jar that {@code <absolute-ordering>} in {@code web.xml} leaves out (Servlet
 * 6.0 §8.2.2), and Jetty calls none without its module for annotations. Registers the filter then;
 * where the server does not take it any more, the application is not started.
 *
 * <p>Called by servers with Jakarta Pages as a listener of our tag library, by Jetty because of
 * {@code jetty-web.xml}, and by {@link StartCheckExtension}: all of these are found whatever the
 * order. Stateless.
 */
public final class StartCheck implements ServletContextListener, ServletContextAttributeListener {

  private static final Logger LOG = System.getLogger(StartCheck.class.getName());

  private static final String RESTRICTED = StartCheck.class.getName() + ".restricted";

  private static final String WHY =
      "the server did not call Latchkey's initializer, most likely because <absolute-ordering> in"
          + " web.xml does not list it";
  private static final String REMEDY =
      "; add <name>latchkey</name> to <absolute-ordering>, or set latchkey.filter.register=false if"
          + " the application registers the filter itself or needs none";

  /** For the container. */
  public StartCheck() {}

  /**
   * Registers the filter if nothing else did.
   *
   * @throws IllegalStateException when it can't be registered any more, so that the application is
   *     not started
   */
  @Override
  public void contextInitialized(ServletContextEvent event) {
    check(event.getServletContext());
  }

  /**
   * Registers the filter in a context that takes filters, for one that does not: a listener of a
   * library is given a restricted context (Servlet 6.0 §4.4), and its attributes are told to us
   * with the real one.
   */
  @Override
  public void attributeAdded(ServletContextAttributeEvent event) {
    if (RESTRICTED.equals(event.getName())) {
      try {
        new LatchkeyInitializer().onStartup(null, event.getServletContext());
      } catch (UnsupportedOperationException stillRestricted) {
        LOG.log(Level.DEBUG, "this server takes no filter from a library", stillRestricted);
      }
    }
  }

  static void check(ServletContext context) {
    if (LatchkeyInitializer.wasCalledFor(context)) {
      return;
    }
    try {
      register(context);
    } catch (RuntimeException notTaken) {
      LOG.log(Level.ERROR, "the application is not started: " + WHY + REMEDY);
      throw new IllegalStateException("not started: " + WHY + REMEDY, notTaken);
    }
    LOG.log(
        leftToTheApplication(context) ? Level.DEBUG : Level.WARNING,
        WHY + ", and is called now" + REMEDY);
  }

  private static void register(ServletContext context) {
    try {
      new LatchkeyInitializer().onStartup(null, context);
    } catch (UnsupportedOperationException restricted) {
      context.setAttribute(RESTRICTED, "");
      context.removeAttribute(RESTRICTED);
      if (!LatchkeyInitializer.hasRegisteredIn(context) && !leftToTheApplication(context)) {
        throw restricted;
      }
    }
  }

  private static boolean leftToTheApplication(ServletContext context) {
    try {
      return !ApplicationSettings.of(context).get(Key.FILTER_REGISTER) || declared(context);
    } catch (RuntimeException | IOException | LinkageError unknown) {
      return false;
    }
  }

  // A listener of a library may not ask for registrations.
  private static boolean declared(ServletContext context) throws IOException {
    try (InputStream in = context.getResourceAsStream("/WEB-INF/web.xml")) {
      return in != null
          && new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
              .contains(BearerTokenFilter.class.getName());
    }
  }
}
