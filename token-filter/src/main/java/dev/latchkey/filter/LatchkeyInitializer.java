package dev.latchkey.filter;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
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
 * latchkey.filter.register=false}; WebSocket handshakes are checked in front of all filters in
 * these cases too. Called by the container, or once by the code that starts an embedded one: {@code
 * new LatchkeyInitializer().onStartup(null, context)}. A second call for a context does nothing.
 *
 * <p>Throws only where the container takes no filter at all, because some servers would serve the
 * application without the filter after an exception.
 */
public final class LatchkeyInitializer implements ServletContainerInitializer {

  private static final Logger LOG = System.getLogger(LatchkeyInitializer.class.getName());
  private static final String NAME = "latchkey";
  private static final String CALLED = LatchkeyInitializer.class.getName();

  /** For the container, and for the code that starts an embedded one. */
  public LatchkeyInitializer() {}

  /**
   * Registers the filter.
   *
   * @param none not looked at; may be null
   * @throws IllegalStateException when the container does not take filters any more
   */
  @Override
  public void onStartup(@Nullable Set<Class<?>> none, ServletContext context) {
    if (hasRegistered(context)) {
      return;
    }
    context.setAttribute(CALLED, "");
    ServletContainerInitializer complete = ofApplication(context);
    if (complete != null) {
      start(complete, none, context);
      return;
    }
    try {
      Registration.in(context);
    } catch (RuntimeException | Error broken) {
      register(context, new ClosedFilter());
      LOG.log(Level.ERROR, "everything is answered 503: the filter could not start", broken);
    }
  }

  /**
   * This initializer as the application's own class loader has it, where that is another one; null
   * where it is not. With {@code <absolute-ordering>}, Payara and GlassFish call the initializer in
   * a class loader that has only the listed jars, so that ours misses what it needs.
   */
  private static @Nullable ServletContainerInitializer ofApplication(ServletContext context) {
    try {
      @Nullable ClassLoader application = context.getClassLoader();
      if (application == null) {
        return null;
      }
      Class<?> same = application.loadClass(LatchkeyInitializer.class.getName());
      return same == LatchkeyInitializer.class
          ? null
          : (ServletContainerInitializer) same.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException
        | UnsupportedOperationException
        | ClassCastException
        | LinkageError notThere) {
      return null;
    }
  }

  private static void start(
      ServletContainerInitializer complete, @Nullable Set<Class<?>> none, ServletContext context) {
    try {
      complete.onStartup(none, context);
    } catch (ServletException never) {
      throw new IllegalStateException(never);
    }
  }

  /** Whether the initializer was called for an application, whatever it has registered there. */
  static boolean wasCalledFor(ServletContext context) {
    return context.getAttribute(CALLED) != null;
  }

  /** Whether the initializer has registered a filter in an application. */
  static boolean hasRegisteredIn(ServletContext context) {
    return context.getAttribute(CALLED) instanceof String name && !name.isEmpty();
  }

  // An embedded context that is started again may have kept the attribute and lost the filter.
  private static boolean hasRegistered(ServletContext context) {
    return context.getAttribute(CALLED) instanceof String name
        && !name.isEmpty()
        && context.getFilterRegistration(name) != null;
  }

  // At every path, whatever it guards: the container compares paths as they are spelt.
  private static void register(ServletContext context, Filter filter) {
    register(context, filter, EnumSet.allOf(DispatcherType.class));
  }

  private static void register(
      ServletContext context, Filter filter, EnumSet<DispatcherType> dispatches) {
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
    registration.addMappingForUrlPatterns(dispatches, false, "/*");
    context.setAttribute(CALLED, name);
  }

  /** A class of its own, so that one that is missing is missed where it can be caught. */
  private static final class Registration {

    /** Set in the {@code web.xml} of our own WAR. */
    private static final String SERVER = "dev.latchkey.server";

    static void in(ServletContext context) {
      try {
        Settings settings = ApplicationSettings.of(context);
        if (context.getInitParameter(SERVER) != null) {
          Door.FORWARD_AUTH.allowedBy(settings);
          register(context, new BearerTokenFilter(Clock.systemUTC(), Door.FORWARD_AUTH));
          addSample(context, settings);
        } else if (settings.get(Key.MECHANISM)) {
          if (declared(context)) {
            Door.FILTER.allowedBy(settings);
          }
          SecondDoor door = new SecondDoor(settings, Clock.systemUTC());
          SecondDoor.guard(context, door.guard());
          context.addListener(door);
          register(context, new BearerTokenFilter(Clock.systemUTC(), Door.MECHANISM));
        } else if (settings.get(Key.FILTER_REGISTER) && !declared(context)) {
          register(context, new BearerTokenFilter());
        } else {
          register(context, new HandshakeFilter(), EnumSet.of(DispatcherType.REQUEST));
        }
      } catch (InvalidConfigurationException invalid) {
        register(context, new ClosedFilter());
        LOG.log(Level.ERROR, "everything is answered 503: " + invalid.getMessage());
      }
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
