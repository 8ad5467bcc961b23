package dev.latchkey.filter.spring;

import dev.latchkey.filter.BearerTokenFilter;
import dev.latchkey.filter.LatchkeyInitializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Registers the filter in front of everything in a Spring Boot application with servlets, Spring
 * Security's filters included, since its embedded servers call no {@link LatchkeyInitializer}.
 * Settings may also stand in Spring's {@code Environment}.
 *
 * <p>An application with a {@link BearerTokenFilter} bean of its own keeps that one, and {@code
 * latchkey.filter.register=false} is respected.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class LatchkeyAutoConfiguration {

  /** For Spring. */
  public LatchkeyAutoConfiguration() {}

  @Bean
  RegisteredFirst latchkeyRegistration(
      Environment environment,
      ObjectProvider<FilterRegistrationBean<?>> registrations,
      ObjectProvider<BearerTokenFilter> filters) {
    return new RegisteredFirst(environment, registrations, filters);
  }

  /** Tells Spring Security who calls. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(
      name = {
        "org.springframework.security.core.Authentication",
        "org.springframework.security.web.context.RequestAttributeSecurityContextRepository"
      })
  static class WithSpringSecurity {

    @Bean
    FilterRegistrationBean<AuthenticationFilter> latchkeyAuthentication() {
      FilterRegistrationBean<AuthenticationFilter> registration =
          new FilterRegistrationBean<>(new AuthenticationFilter());
      registration.setOrder(RegisteredFirst.ORDER + 1);
      registration.setAsyncSupported(true);
      return registration;
    }
  }
}
