package dev.latchkey.filter.spring;

import dev.latchkey.filter.BearerTokenFilter;
import dev.latchkey.filter.FilterMetrics;
import dev.latchkey.filter.SpringBoot;
import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Registers the filter before Spring Boot registers any other. */
final class RegisteredFirst implements ServletContextInitializer, Ordered {

  static final int ORDER = Ordered.HIGHEST_PRECEDENCE;

  private final Environment environment;
  private final ObjectProvider<FilterRegistrationBean<?>> registrations;
  private final ObjectProvider<BearerTokenFilter> filters;
  private volatile @Nullable ServletContext registeredIn;

  RegisteredFirst(
      Environment environment,
      ObjectProvider<FilterRegistrationBean<?>> registrations,
      ObjectProvider<BearerTokenFilter> filters) {
    this.environment = environment;
    this.registrations = registrations;
    this.filters = filters;
  }

  @Override
  public void onStartup(ServletContext context) {
    boolean own =
        filters.stream().findAny().isPresent()
            || registrations.stream()
                .anyMatch(registration -> registration.getFilter() instanceof BearerTokenFilter);
    SpringBoot.register(context, EnvironmentSettings.of(environment), own);
    registeredIn = context;
  }

  /** What the filters of the application count; null as long as none runs. */
  @Nullable FilterMetrics metrics() {
    ServletContext context = registeredIn;
    return context == null ? null : FilterMetrics.of(context);
  }

  @Override
  public int getOrder() {
    return ORDER;
  }
}
