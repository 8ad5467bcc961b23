package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
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

  @Override
  public void onStartup(@Nullable Set<Class<?>> none, ServletContext context) {
    try {
      Registration.in(context);
    } catch (RuntimeException | Error broken) {
      register(context, new ClosedFilter());
      LOG.log(Level.ERROR, "everything is answered 503: the filter could not start", broken);
    }
  }

  // At every path, whatever it guards: the container compares paths as they are spelt.
  private static String register(ServletContext context, Filter filter) {
    String name = NAME;
    // That the application has a filter of this name is no reason to be without ours.
    while (context.getFilterRegistration(name) != null) {
      name = name + '-' + NAME;
    }
    FilterRegistration.@Nullable Dynamic registration = context.addFilter(name, filter);
    if (registration == null) {
      throw new IllegalStateException("the server does not take the filter");
    }
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    return name;
  }

  /** A class of its own, so that one that is missing is missed where it can be caught. */
  private static final class Registration {

    /** Set in the {@code web.xml} of our own WAR. */
    private static final String SERVER = "dev.latchkey.server";

    static void in(ServletContext context) {
      try {
        Settings settings = Settings.load(context.getClassLoader());
        if (context.getInitParameter(SERVER) != null) {
          Door.FORWARD_AUTH.allowedBy(settings);
          register(context, settings, Door.FORWARD_AUTH);
          addSample(context, settings);
        } else if (settings.get(Key.MECHANISM)) {
          if (declared(context)) {
            Door.FILTER.allowedBy(settings);
          }
          SecondDoor door = new SecondDoor(settings, Clock.systemUTC());
          SecondDoor.guard(context, door.guard());
          context.addListener(door);
          LatchkeyInitializer.register(
              context, new BearerTokenFilter(Clock.systemUTC(), Door.MECHANISM));
        } else if (settings.get(Key.FILTER_REGISTER) && !declared(context)) {
          register(context, settings, Door.FILTER);
        }
      } catch (InvalidConfigurationException invalid) {
        LatchkeyInitializer.register(context, new ClosedFilter());
        LOG.log(Level.ERROR, "everything is answered 503: " + invalid.getMessage());
      }
    }

    private static void register(ServletContext context, Settings settings, Door door) {
      // WildFly makes a filter when the first request comes. What is wrong is to be found before.
      AccessRules rules = new Gate(settings, () -> null).rules();
      String name =
          LatchkeyInitializer.register(context, new BearerTokenFilter(Clock.systemUTC(), door));
      Protection.log(settings, rules, door, context, name);
    }

    private static void addSample(ServletContext context, Settings settings) {
      if (settings.get(Key.SAMPLE)) {
        ServletRegistration.@Nullable Dynamic sample =
            context.addServlet("sample", new SampleServlet());
        if (sample != null) {
          sample.addMapping("/sample/*");
        }
      }
    }

    private static boolean declared(ServletContext context) {
      return context.getFilterRegistrations().values().stream()
          .anyMatch(filter -> BearerTokenFilter.class.getName().equals(filter.getClassName()));
    }
  }
}
