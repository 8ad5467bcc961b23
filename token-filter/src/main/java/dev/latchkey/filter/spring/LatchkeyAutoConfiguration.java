package dev.latchkey.filter.spring;

import dev.latchkey.filter.BearerTokenFilter;
import dev.latchkey.filter.LatchkeyInitializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
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

  /** Counts for Micrometer, which Actuator binds. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "io.micrometer.core.instrument.binder.MeterBinder")
  static class WithMicrometer {

    @Bean
    LatchkeyMeters latchkeyMeters(RegisteredFirst registration) {
      return new LatchkeyMeters(registration::metrics);
    }
  }

  /** The health indicator {@code latchkey} of Spring Boot 3. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
  static class WithActuator3 {

    @Bean
    ActuatorHealth3 latchkeyHealthIndicator(RegisteredFirst registration) {
      return new ActuatorHealth3(registration::metrics);
    }
  }

  /** The health indicator {@code latchkey} of Spring Boot 4. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
  @ConditionalOnMissingClass("org.springframework.boot.actuate.health.HealthIndicator")
  static class WithActuator4 {

    @Bean
    ActuatorHealth4 latchkeyHealthIndicator(RegisteredFirst registration) {
      return new ActuatorHealth4(registration::metrics);
    }
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
