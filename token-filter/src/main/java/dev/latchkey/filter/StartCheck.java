package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.ServletContext;
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
public final class StartCheck implements ServletContextListener {

  private static final Logger LOG = System.getLogger(StartCheck.class.getName());

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

  static void check(ServletContext context) {
    if (LatchkeyInitializer.wasCalledFor(context)) {
      return;
    }
    try {
      new LatchkeyInitializer().onStartup(null, context);
      LOG.log(Level.WARNING, WHY + ", and is called now" + REMEDY);
    } catch (RuntimeException notTaken) {
      if (!leftToTheApplication(context)) {
        LOG.log(Level.ERROR, "the application is not started: " + WHY + REMEDY);
        throw new IllegalStateException("not started: " + WHY + REMEDY, notTaken);
      }
    }
  }

  private static boolean leftToTheApplication(ServletContext context) {
    try {
      return !Settings.load(ApplicationClasses.of(context)).get(Key.FILTER_REGISTER)
          || declared(context);
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
