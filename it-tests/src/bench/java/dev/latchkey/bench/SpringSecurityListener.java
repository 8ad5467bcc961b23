package dev.latchkey.bench;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts Spring Security's filter chain in front of the application that it is in. */
public final class SpringSecurityListener implements ServletContextListener {

  private static final int CACHE_SIZE = 100_000;

  private Peer.@Nullable Guard guard;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    // The driver lies in the application, where nobody looks for it by itself.
    try {
      Class.forName("org.postgresql.Driver");
    } catch (ClassNotFoundException incomplete) {
      throw new IllegalStateException(incomplete);
    }
    Installation installation =
        new Installation(
            context.getInitParameter("url"),
            context.getInitParameter("user"),
            List.of(),
            List.of(),
            List.of());
    Peer.Guard made = SpringSecurity.wholeChain(installation, context, CACHE_SIZE);
    context
        .addFilter("springSecurityFilterChain", made.filter())
        .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    guard = made;
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    Peer.Guard made = guard;
    if (made != null) {
      made.close();
    }
  }
}
