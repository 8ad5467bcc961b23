package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.embedded.undertow.UndertowServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.server.ServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot applications that have the jar and settings, and no code of ours in them. */
// issue 16.3
class SpringBootTest {

  private final Fixture latchkey = Fixture.INSTALLATION;
  private final String token = latchkey.issues("reports").header();

  @ParameterizedTest
  @ValueSource(classes = {OnTomcat.class, OnUndertow.class})
  void guardsAnApplicationOnEachEmbeddedServer(Class<?> server) throws Exception {
    try (ConfigurableApplicationContext application = starts(Map.of(), server)) {
      assertThat(asks(application, "GET", "/me", null).statusCode()).isEqualTo(401);
      HttpResponse<String> answer = asks(application, "GET", "/me", token);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).startsWith("third party ");
    }
  }

  @Test
  @DisplayName("Spring Security: scopes are authorities, and the filter stands before its chain")
  void tellsSpringSecurityWhoCalls() throws Exception {
    try (ConfigurableApplicationContext application = starts(Map.of(), WithSecurity.class)) {
      HttpResponse<String> refused = asks(application, "GET", "/me", null);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer ");
      assertThat(asks(application, "GET", "/me", token).body()).startsWith("third party ");
      assertThat(asks(application, "GET", "/authentication", token))
          .returns(200, HttpResponse::statusCode)
          .returns("[SCOPE_reports]", HttpResponse::body);
      assertThat(asks(application, "GET", "/reports", token).statusCode()).isEqualTo(200);
      assertThat(asks(application, "GET", "/others", token).statusCode()).isEqualTo(403);
      assertThat(asks(application, "POST", "/me", token).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("rules and excluded paths of Spring's Environment, in its spellings")
  void takesSettingsOfTheEnvironment() throws Exception {
    try (ConfigurableApplicationContext application =
        starts(
            Map.of(
                "latchkey.filter.excludedPaths[0]", "/open",
                "latchkey.filter.rules[0]", "GET,HEAD /me other"),
            OnTomcat.class)) {
      assertThat(asks(application, "GET", "/open", null).statusCode()).isEqualTo(200);
      assertThat(asks(application, "GET", "/me", token).statusCode()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latchkey.filter.pahts", "latchkey.filter.cors-preflight"})
  @DisplayName("an unknown key or a wrong value stops the start and is named")
  void stopsTheStartWhenASettingIsWrong(String key) {
    assertThatThrownBy(() -> starts(Map.of(key, "perhaps"), OnTomcat.class).close())
        .hasStackTraceContaining(key);
  }

  @Test
  void isLeftOutWhereItIsNotToRegister() throws Exception {
    try (ConfigurableApplicationContext application =
        starts(Map.of("latchkey.filter.register", "false"), OnTomcat.class)) {
      assertThat(asks(application, "GET", "/open", null).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("an application with a filter bean of its own keeps that one")
  void leavesAnOwnFilterAlone() throws Exception {
    try (ConfigurableApplicationContext application =
        starts(Map.of(), OnTomcat.class, WithOwnFilter.class)) {
      assertThat(asks(application, "GET", "/open", null).statusCode()).isEqualTo(200);
      assertThat(asks(application, "GET", "/me", null).statusCode()).isEqualTo(401);
      assertThat(asks(application, "GET", "/me", token).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("Micrometer has the counts, and Actuator a health indicator")
  // issue 19.1
  void countsForMicrometerAndTellsActuatorItsHealth() throws Exception {
    try (ConfigurableApplicationContext application = starts(Map.of(), OnTomcat.class)) {
      asks(application, "GET", "/me", token);
      asks(application, "GET", "/me", null);
      MeterRegistry registry = new SimpleMeterRegistry();
      application.getBean(MeterBinder.class).bindTo(registry);

      assertThat(checks(registry, "active")).isEqualTo(1);
      assertThat(checks(registry, "no_credentials")).isEqualTo(1);
      assertThat(registry.get("latchkey.lookup").functionTimer().count()).isEqualTo(1);
      assertThat(registry.get("latchkey.feed.age").gauge().value()).isNotNegative();
      assertThat(registry.get("latchkey.connections").tag("state", "idle").gauge().value())
          .isNotNegative();
      Health health =
          application.getBean("latchkeyHealthIndicator", HealthIndicator.class).health();
      assertThat(health.getStatus()).isEqualTo(Status.UP);
      assertThat(health.getDetails()).containsEntry("feed", "up");
    }
  }

  private static double checks(MeterRegistry registry, String outcome) {
    return registry.get("latchkey.checks").tag("outcome", outcome).functionCounter().count();
  }

  private static ConfigurableApplicationContext starts(
      Map<String, Object> properties, Class<?>... sources) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("latchkey.jdbc.url", Fixture.DATABASE);
    all.put("server.port", "0");
    all.put("server.address", "127.0.0.1");
    SpringApplication application = new SpringApplication(sources);
    application.addInitializers(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addLast(
                    new org.springframework.core.env.MapPropertySource("application.yml", all)));
    return application.run();
  }

  private static HttpResponse<String> asks(
      ConfigurableApplicationContext application,
      String method,
      String path,
      @Nullable String token)
      throws Exception {
    WebServer server = ((ServletWebServerApplicationContext) application).getWebServer();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", token);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  /** The application. */
  @RestController
  public static class Application {

    /** Takes the principal. */
    @GetMapping("/me")
    public String me(ThirdPartyPrincipal caller) {
      return "third party " + caller.getName();
    }

    /** Takes the principal. */
    @PostMapping("/me")
    public String change(ThirdPartyPrincipal caller) {
      return caller.getClientId();
    }

    /** Takes what Spring Security knows. */
    @GetMapping("/authentication")
    public String authentication(Authentication caller) {
      return caller.getAuthorities().toString();
    }

    /** Needs a scope. */
    @PreAuthorize("hasAuthority('SCOPE_reports')")
    @GetMapping("/reports")
    public String reports() {
      return "reports";
    }

    /** Needs another scope. */
    @PreAuthorize("hasAuthority('SCOPE_other')")
    @GetMapping("/others")
    public String others() {
      return "others";
    }

    /** Needs nothing of the caller. */
    @GetMapping("/open")
    public String open() {
      return "open";
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration(
      excludeName = {
        "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
        "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
        "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
        "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
        "org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration"
      })
  static class Plain {

    @Bean
    Application application() {
      return new Application();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OnTomcat extends Plain {

    @Bean
    ServletWebServerFactory server() {
      return new TomcatServletWebServerFactory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OnUndertow extends Plain {

    @Bean
    ServletWebServerFactory server() {
      return new UndertowServletWebServerFactory();
    }
  }

  /** Spring Security as Boot sets it up by itself. */
  @Configuration(proxyBeanMethods = false)
  @EnableMethodSecurity
  @EnableAutoConfiguration(
      excludeName = {
        "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
        "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration"
      })
  static class WithSecurity {

    @Bean
    Application application() {
      return new Application();
    }

    @Bean
    ServletWebServerFactory server() {
      return new TomcatServletWebServerFactory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOwnFilter {

    @Bean
    FilterRegistrationBean<BearerTokenFilter> tokens() {
      FilterRegistrationBean<BearerTokenFilter> tokens =
          new FilterRegistrationBean<>(new BearerTokenFilter());
      tokens.addUrlPatterns("/me/*");
      tokens.setAsyncSupported(true);
      return tokens;
    }
  }
}
