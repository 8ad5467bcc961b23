package dev.latchkey.it.app;

import dev.latchkey.filter.BearerTokenFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.util.EnumSet;

/** Adds the filter behind all others, as docs/filter.md advises against. */
@WebListener
public class AddedByCodeAfter implements ServletContextListener {

  @Override
  public void contextInitialized(ServletContextEvent event) {
    FilterRegistration.Dynamic tokens =
        event.getServletContext().addFilter("tokens", new BearerTokenFilter());
    tokens.setAsyncSupported(true);
    tokens.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/*");
  }
}
