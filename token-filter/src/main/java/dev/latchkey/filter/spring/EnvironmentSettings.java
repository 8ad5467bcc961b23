package dev.latchkey.filter.spring;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Reads {@code latchkey.*} in Spring's {@code Environment}, with the names that Spring allows. */
final class EnvironmentSettings {

  private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("latchkey");

  // Settings reads these itself, and knows which variables are not ours.
  private static final Set<String> READ_ELSEWHERE =
      Set.of(
          StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
          StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

  private EnvironmentSettings() {}

  /**
   * The texts that are there, by key without {@code latchkey.}, but for those that a system
   * property or an environment variable decides. A list of YAML is one text.
   *
   * @throws InvalidConfigurationException when a key is unknown
   */
  static Map<String, String> of(Environment environment) {
    refuseUnknownKeys(environment);
    Binder binder = Binder.get(environment);
    Map<String, String> texts = new HashMap<>();
    for (Key<?> key : Key.ALL) {
      if (isReadElsewhere(key, environment)) {
        continue;
      }
      BindResult<String> text = binder.bind(key.name(), Bindable.of(String.class));
      if (text.isBound()) {
        texts.put(key.initParameter(), text.get());
      } else {
        // Rules have commas in them.
        String separator = key == Key.FILTER_RULES ? "\n" : ",";
        binder
            .bind(key.name(), Bindable.listOf(String.class))
            .ifBound(
                (List<String> list) ->
                    texts.put(key.initParameter(), String.join(separator, list)));
      }
    }
    return texts;
  }

  private static boolean isReadElsewhere(Key<?> key, Environment environment) {
    ConfigurationPropertyName name = ConfigurationPropertyName.of(key.name());
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source.getConfigurationProperty(name) != null
          || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
        return isReadElsewhere(source);
      }
    }
    return false;
  }

  private static boolean isReadElsewhere(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> underlying
        && READ_ELSEWHERE.contains(underlying.getName());
  }

  private static void refuseUnknownKeys(Environment environment) {
    Set<ConfigurationPropertyName> known =
        Key.ALL.stream()
            .map(key -> ConfigurationPropertyName.of(key.name()))
            .collect(Collectors.toCollection(HashSet::new));
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource names && !isReadElsewhere(source)) {
        names.stream()
            .filter(ROOT::isAncestorOf)
            .filter(name -> !known.contains(withoutIndex(name)))
            .sorted()
            .findFirst()
            .ifPresent(
                unknown -> {
                  throw new InvalidConfigurationException(
                      "unknown key "
                          + unknown
                          + " (Spring's Environment); known keys: "
                          + Key.ALL.stream().map(Key::name).collect(Collectors.joining(", ")));
                });
      }
    }
  }

  private static ConfigurationPropertyName withoutIndex(ConfigurationPropertyName name) {
    return name.isLastElementIndexed() ? name.getParent() : name;
  }
}
