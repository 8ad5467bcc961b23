package dev.latchkey.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration, read once, typed and checked. Immutable.
 *
 * <p>Each key is looked for in this order: init parameter (the filter only), system property,
 * environment variable, {@code latchkey.properties} on the class path, default. An unknown key or a
 * value that is not allowed is refused, whichever source it is in, because a misspelt security
 * setting that is silently ignored is worse than a deployment that stops. Environment variables
 * that an orchestrator makes of service names are ignored. The file is UTF-8, or Latin-1 where it
 * is not valid UTF-8.
 */
public final class Settings {

  static final String PREFIX = "latchkey.";
  private static final String ENVIRONMENT_PREFIX = "LATCHKEY_";
  private static final String FILE = "latchkey.properties";
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final Map<Key<?>, Object> values;

  private Settings(Map<Key<?>, Object> values) {
    this.values = Map.copyOf(values);
  }

  /**
   * The configuration of this process, without init parameters.
   *
   * @param application the class loader whose {@code latchkey.properties} counts
   * @throws InvalidConfigurationException when a key is unknown or a value is not allowed
   */
  public static Settings load(ClassLoader application) {
    return load(Map.of(), application);
  }

  /**
   * The configuration of this process.
   *
   * @param initParameters by name, without the {@code latchkey.} prefix
   * @param application the class loader whose {@code latchkey.properties} counts
   * @throws InvalidConfigurationException when a key is unknown or a value is not allowed
   */
  public static Settings load(Map<String, String> initParameters, ClassLoader application) {
    return read(
        initParameters, textsOf(System.getProperties()), System.getenv(), file(application));
  }

  /**
   * The configuration in the given sources, the first one that has a key wins.
   *
   * @throws InvalidConfigurationException when a key is unknown or a value is not allowed
   */
  public static Settings read(
      Map<String, String> initParameters,
      Map<String, String> systemProperties,
      Map<String, String> environment,
      Map<String, String> file) {
    List<Source> sources =
        List.of(
            new Source("init parameter", Key::initParameter, initParameters, name -> true),
            new Source(
                "system property", Key::name, systemProperties, name -> name.startsWith(PREFIX)),
            new Source(
                "environment variable",
                Key::environmentVariable,
                withoutServiceLinks(environment),
                name -> name.startsWith(ENVIRONMENT_PREFIX)),
            new Source(FILE, Key::name, file, name -> true));
    sources.forEach(Source::refuseUnknownKeys);
    Map<Key<?>, Object> values = new HashMap<>();
    for (Key<?> key : Key.ALL) {
      values.put(key, value(key, sources));
    }
    return new Settings(values);
  }

  /** The value of a key; never null. */
  public <T> T get(Key<T> key) {
    @SuppressWarnings("unchecked") // put there by value(key, …), which parses to T
    T value = (T) values.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " does not stand in Key.ALL");
    }
    return value;
  }

  /** The values, secrets left out. */
  @Override
  public String toString() {
    return Key.ALL.stream()
        .filter(key -> !key.secret())
        .map(key -> key + "=" + values.get(key))
        .collect(Collectors.joining(", ", "Settings[", "]"));
  }

  private static <T> T value(Key<T> key, List<Source> sources) {
    for (Source source : sources) {
      String name = source.spelling.apply(key);
      @Nullable String text = source.ours.test(name) ? source.texts.get(name) : null;
      if (text != null) {
        return key.parse(text, source.name);
      }
    }
    return key.parse(key.byDefault(), "the default");
  }

  private static Map<String, String> withoutServiceLinks(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(variable -> !ServiceLink.made(variable.getKey(), variable.getValue()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Map<String, String> textsOf(Properties properties) {
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(Function.identity(), properties::getProperty));
  }

  private static Map<String, String> file(ClassLoader application) {
    Properties properties = new Properties();
    try (InputStream in = application.getResourceAsStream(FILE)) {
      if (in != null) {
        properties.load(new StringReader(text(in.readAllBytes())));
      }
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new InvalidConfigurationException(
          FILE + " on the class path can't be read: " + unreadable.getMessage());
    }
    return textsOf(properties);
  }

  /** UTF-8, and Latin-1 where it is none, as Java reads resource bundles (JEP 226). */
  private static String text(byte[] file) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException notUtf8) {
      text = new String(file, StandardCharsets.ISO_8859_1);
    }
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private record Source(
      String name,
      Function<Key<?>, String> spelling,
      Map<String, String> texts,
      Predicate<String> ours) {

    void refuseUnknownKeys() {
      Map<String, Key<?>> known = new LinkedHashMap<>();
      Key.ALL.forEach(key -> known.put(spelling.apply(key), key));
      Set<String> spelt = known.keySet().stream().map(Source::letters).collect(Collectors.toSet());
      texts.keySet().stream()
          // Also one of ours that is spelt otherwise: nobody would read it.
          .filter(name -> ours.test(name) || spelt.contains(letters(name)))
          .filter(name -> !known.containsKey(name))
          .sorted()
          .findFirst()
          .ifPresent(
              unknown -> {
                throw new InvalidConfigurationException(
                    "unknown key "
                        + Echo.key(unknown)
                        + " ("
                        + name
                        + ")"
                        + nearest(unknown, known)
                        + "; known keys: "
                        + String.join(", ", known.keySet()));
              });
    }

    private static String nearest(String unknown, Map<String, Key<?>> known) {
      String wanted = letters(unknown);
      @Nullable String match =
          known.keySet().stream()
              .filter(name -> letters(name).equals(wanted))
              .findFirst()
              .orElse(null);
      return match == null ? "" : "; did you mean " + match + "?";
    }

    private static String letters(String name) {
      return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
  }
}
