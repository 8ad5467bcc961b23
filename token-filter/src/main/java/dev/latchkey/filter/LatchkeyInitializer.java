package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the filter in front of the application whose {@code WEB-INF/lib} it is in, before all other
 * filters, unless the application declares it in its {@code web.xml} or says {@code
 * latchkey.filter.register=false}. Called by the container; never throws, because some servers
 * would then serve the application without the filter.
 */
public final class LatchkeyInitializer implements ServletContainerInitializer {

  private static final Logger LOG = System.getLogger(LatchkeyInitializer.class.getName());
  private static final String NAME = "latchkey";

  /** Set in the {@code web.xml} of our own WAR. */
  private static final String SERVER = "dev.latchkey.server";

  @Override
  public void onStartup(@Nullable Set<Class<?>> none, ServletContext context) {
    try {
      Settings settings = Settings.load(context.getClassLoader());
      if (settings.get(Key.MECHANISM)) {
        throw new InvalidConfigurationException(
            Key.MECHANISM + " = \"true\" is not allowed; this version has the filter only");
      }
      if (context.getInitParameter(SERVER) != null) {
        new ForwardAuth(Clock.systemUTC()).register(context, settings);
      }
      if (settings.get(Key.FILTER_REGISTER) && !declared(context)) {
        register(context, NAME, new BearerTokenFilter());
      }
    } catch (InvalidConfigurationException invalid) {
      close(context);
      LOG.log(Level.ERROR, "everything is answered 503: " + invalid.getMessage());
    } catch (RuntimeException | LinkageError broken) {
      close(context);
      LOG.log(Level.ERROR, "everything is answered 503: the filter could not start", broken);
    }
  }

  private static boolean declared(ServletContext context) {
    return context.getFilterRegistrations().values().stream()
        .anyMatch(filter -> BearerTokenFilter.class.getName().equals(filter.getClassName()));
  }

  private static void close(ServletContext context) {
    register(context, NAME + "-closed", new ClosedFilter());
  }

  // At every path, whatever it guards: the container compares paths as they are spelt.
  private static void register(ServletContext context, String name, Filter filter) {
    FilterRegistration.@Nullable Dynamic registration = context.addFilter(name, filter);
    if (registration != null) {
      registration.setAsyncSupported(true);
      registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    }
  }
}
