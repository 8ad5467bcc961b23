package dev.latchkey.filter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

// issue 16.3
class EnvironmentSettingsTest {

  @Test
  @DisplayName("takes every spelling that Spring takes")
  void takesRelaxedNames() {
    assertThat(
            of(Map.of("latchkey.filter.excludedPaths", "/a/*", "latchkey.cache.max_stale", "PT1M")))
        .containsOnly(
            Map.entry("filter.excluded-paths", "/a/*"), Map.entry("cache.max-stale", "PT1M"));
  }

  @Test
  @DisplayName("a list of YAML is one text; rules keep their commas")
  void joinsLists() {
    assertThat(
            of(
                Map.of(
                    "latchkey.filter.paths[0]", "/a/*",
                    "latchkey.filter.paths[1]", "/b/*",
                    "latchkey.filter.rules[0]", "GET,HEAD /a/* a",
                    "latchkey.filter.rules[1]", "* /b/* b")))
        .containsOnly(
            Map.entry("filter.paths", "/a/*,/b/*"),
            Map.entry("filter.rules", "GET,HEAD /a/* a\n* /b/* b"));
  }

  @Test
  void refusesAnUnknownKeyAndNamesIt() {
    assertThatThrownBy(() -> of(Map.of("latchkey.filter.pahts", "/a/*")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("unknown key latchkey.filter.pahts");
  }

  @Test
  @DisplayName("variables are left to our own check, which knows those of an orchestrator")
  void leavesVariablesToOurOwnCheck() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of(
                    "LATCHKEY_PORT",
                    "tcp://10.0.0.1:80",
                    "LATCHKEY_FILTER_EXCLUDED_PATHS",
                    "/health")));
    ConfigurationPropertySources.attach(environment);

    assertThat(EnvironmentSettings.of(environment)).isEmpty();
  }

  private static Map<String, String> of(Map<String, Object> properties) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addLast(new MapPropertySource("application.yml", properties));
    ConfigurationPropertySources.attach(environment);
    return EnvironmentSettings.of(environment);
  }
}
