package dev.latchkey.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static final Map<String, String> NONE = Map.of();

  @Test
  void withoutAnythingTheDefaultsCount() {
    Settings settings = Settings.read(NONE, NONE, NONE, NONE);
    assertThat(settings.get(Key.TOKEN_PREFIX)).isEqualTo("lk");
    assertThat(settings.get(Key.CACHE_MAX_STALE)).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.get(Key.FILTER_PATHS)).containsExactly("/*");
    assertThat(settings.get(Key.DATASOURCE)).isEmpty();
  }

  @Test
  void initParameterBeatsSystemPropertyBeatsEnvironmentBeatsFile() {
    Map<String, String> init = Map.of("cache.max-size", "1");
    Map<String, String> system = Map.of("latchkey.cache.max-size", "2");
    Map<String, String> environment = Map.of("LATCHKEY_CACHE_MAX_SIZE", "3");
    Map<String, String> file = Map.of("latchkey.cache.max-size", "4");
    assertThat(size(Settings.read(init, system, environment, file))).isEqualTo(1);
    assertThat(size(Settings.read(NONE, system, environment, file))).isEqualTo(2);
    assertThat(size(Settings.read(NONE, NONE, environment, file))).isEqualTo(3);
    assertThat(size(Settings.read(NONE, NONE, NONE, file))).isEqualTo(4);
  }

  @Test
  void anUnknownKeyIsRefusedWhereverItIsAndTheMeantOneIsNamed() {
    assertRefused(Map.of("cache.maxsize", "1"), NONE, NONE, NONE)
        .hasMessageContaining("cache.maxsize (init parameter)")
        .hasMessageContaining("did you mean cache.max-size?");
    assertRefused(NONE, Map.of("latchkey.cache.max_size", "1"), NONE, NONE)
        .hasMessageContaining("latchkey.cache.max_size (system property)")
        .hasMessageContaining("did you mean latchkey.cache.max-size?");
    assertRefused(NONE, NONE, Map.of("LATCHKEY_CASH", "1"), NONE)
        .hasMessageContaining("LATCHKEY_CASH (environment variable)")
        .hasMessageContaining("known keys: LATCHKEY_DATASOURCE, ");
    for (String spelt :
        List.of("latchkey.filter.rules", "Latchkey_Filter_Rules", "latchkey_filter_rules")) {
      assertRefused(NONE, NONE, Map.of(spelt, "GET /* a"), NONE)
          .hasMessageContaining(spelt + " (environment variable)")
          .hasMessageContaining("did you mean LATCHKEY_FILTER_RULES?");
    }
    assertRefused(NONE, Map.of("Latchkey.Filter.Rules", "GET /* a"), NONE, NONE)
        .hasMessageContaining("did you mean latchkey.filter.rules?");
    assertRefused(NONE, NONE, NONE, Map.of("latchkey.paths", "/*"))
        .hasMessageContaining("latchkey.paths (latchkey.properties)");
  }

  @Test
  void whatOthersSetIsNotOurs() {
    Map<String, String> system = Map.of("java.home", "/jdk");
    Map<String, String> kubernetes =
        Map.of(
            "PATH", "/bin",
            "LATCHKEY_SERVICE_HOST", "10.0.0.1",
            "LATCHKEY_SERVICE_PORT_HTTP", "8080",
            "LATCHKEY_PORT", "tcp://10.0.0.1:8080",
            "LATCHKEY_PORT_8080_TCP_ADDR", "10.0.0.1");
    assertThat(size(Settings.read(NONE, system, kubernetes, NONE))).isEqualTo(100_000);
  }

  // issue 15.6
  @ParameterizedTest
  @ValueSource(strings = {"", "_DB", "_JDBC", "_FILTER", "_ADMIN", "_ADMIN_REST", "_PORT", "_2"})
  void variablesThatKubernetesMakesOfAServiceNameAreIgnored(String service) {
    String name = "LATCHKEY" + service;
    Map<String, String> made = new HashMap<>();
    made.put(name + "_SERVICE_HOST", "10.96.0.17");
    made.put(name + "_SERVICE_PORT", "5432");
    made.put(name + "_SERVICE_PORT_HTTP_METRICS", "9090");
    made.put(name + "_PORT", "tcp://10.96.0.17:5432");
    for (String protocol : List.of("TCP", "UDP", "SCTP")) {
      String port = name + "_PORT_5432_" + protocol;
      made.put(port, protocol.toLowerCase(Locale.ROOT) + "://[fd00::17]:5432");
      made.put(port + "_ADDR", "fd00::17");
      made.put(port + "_PORT", "5432");
      made.put(port + "_PROTO", protocol.toLowerCase(Locale.ROOT));
    }
    Settings settings = Settings.read(NONE, NONE, made, NONE);
    assertThat(settings.get(Key.PORT)).isEqualTo(8080);
  }

  // issue 15.6
  @Test
  void variablesThatDockerMakesOfALinkAreIgnored() {
    Map<String, String> made =
        Map.of(
            "LATCHKEY_DB_NAME", "/web/latchkey-db",
            "LATCHKEY_DB_ENV_POSTGRES_PASSWORD", "x y",
            "LATCHKEY_DB_PORT", "tcp://172.17.0.5:5432",
            "LATCHKEY_DB_PORT_5432_TCP_START", "tcp://172.17.0.5:5432",
            "LATCHKEY_DB_PORT_5432_TCP_PORT_END", "5433");
    assertThat(size(Settings.read(NONE, NONE, made, NONE))).isEqualTo(100_000);
  }

  // issue 15.6
  @Test
  void aVariableOfOursIsReadWhereItsValueIsNoLink() {
    assertThat(Settings.read(NONE, NONE, Map.of("LATCHKEY_PORT", "8081"), NONE).get(Key.PORT))
        .isEqualTo(8081);
    assertRefused(NONE, NONE, Map.of("LATCHKEY_PORT", "many"), NONE)
        .hasMessageStartingWith("latchkey.port = \"many\" from environment variable");
  }

  // issue 15.6
  @ParameterizedTest
  @CsvSource({
    "LATCHKEY_DB_PORT, 5432",
    "LATCHKEY_DB_NAME, latchkey",
    "LATCHKEY_DB_SERVICE_PORT, http",
    "LATCHKEY_DB_SERVICE_HOST, two words",
    "LATCHKEY_SERVICE, x",
    "LATCHKEY_DB_PORT_TCP, tcp://10.0.0.1:5432",
    "LATCHKEY_PORT_80_TCP_ADDRESS, 10.0.0.1",
    "LATCHKEY_FILTER_PORT, 8081",
    "LATCHKEY_JDBC_URI, tcp://10.0.0.1:5432",
  })
  void anUnknownVariableThatIsNoLinkIsRefused(String variable, String value) {
    assertRefused(NONE, NONE, Map.of(variable, value), NONE)
        .hasMessageContaining("unknown key " + variable + " (environment variable)");
  }

  // issue 15.2
  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "ISO-8859-1", "BOM"})
  void thePropertiesFileIsUtf8AndLatin1WhereItIsNone(String encoding) {
    String text = "latchkey.filter.paths=/größe/*, /a\\u20ac\n";
    byte[] file =
        switch (encoding) {
          case "UTF-8" -> text.getBytes(StandardCharsets.UTF_8);
          case "BOM" -> ("\ufeff" + text).getBytes(StandardCharsets.UTF_8);
          default -> text.getBytes(StandardCharsets.ISO_8859_1);
        };
    assertThat(Settings.load(withFile(file)).get(Key.FILTER_PATHS))
        .containsExactly("/größe/*", "/a€");
  }

  private static ClassLoader withFile(byte[] file) {
    return new ClassLoader() {
      @Override
      public InputStream getResourceAsStream(String name) {
        assertThat(name).isEqualTo("latchkey.properties");
        return new ByteArrayInputStream(file);
      }
    };
  }

  // issue 15.2
  @Test
  void aMessageIsOneLineWhateverTheValueIs() {
    assertRefused(NONE, NONE, NONE, Map.of("latchkey.filter.realm", "a\r\nb\u001b[2J\u2028\u202e"))
        .hasMessageStartingWith("latchkey.filter.realm = \"a??b?[2J??\"");
    assertRefused(NONE, NONE, NONE, Map.of("latchkey.a\nb", "x"))
        .hasMessageStartingWith("unknown key (not shown)");
  }

  // issue 22.c
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%20b/*",
        "/a;x",
        "/api;/admin",
        "/a?x=y",
        "/a#b",
        "//a/*",
        "/a//b",
        "/a/../b",
        "/./a",
        "/a/..",
        "/a\\b",
        "/a /b",
        "/a *.css",
        "*.a?b",
        "/gr\ufffd\ufffdsse/*",
        "/a\u0001b",
        "/a\tb"
      })
  void aPatternThatNoRequestCanMatchIsRefused(String pattern) {
    for (String key : List.of("latchkey.filter.paths", "latchkey.filter.excluded-paths")) {
      assertRefused(NONE, NONE, NONE, Map.of(key, pattern)).hasMessageContaining("is not allowed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "latchkey.cache.max-size, 0",
    "latchkey.cache.max-size, many",
    "latchkey.cache.max-stale, 5m",
    "latchkey.cache.max-stale, PT0S",
    "latchkey.cache.max-stale, PT0.0009S",
    "latchkey.cache.max-stale, -PT1S",
    "latchkey.cache.max-stale, P3651D",
    "latchkey.token.lifetime, P0D",
    "latchkey.token.prefix, L",
    "latchkey.token.prefix, LK",
    "latchkey.token.prefix, lk_",
    "latchkey.token.prefix, abcdefghijk",
    "latchkey.filter.paths, api/*",
    "latchkey.filter.paths, /api*",
    "latchkey.filter.paths, /a/*/b",
    "latchkey.filter.paths, *.",
    "latchkey.filter.cors-preflight, yes",
    "latchkey.filter.realm, a\"b",
  })
  void aValueThatIsNotAllowedIsNamedWithItsKeyAndWhatIsAllowed(String key, String value) {
    assertRefused(NONE, NONE, NONE, Map.of(key, value))
        .hasMessageStartingWith(
            key + " = \"" + value + "\" from latchkey.properties is not allowed")
        .hasMessageContaining("it takes ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/*", "/", "/a", "/a/*", "*.json", "/a, /b/*", "/größe/*", "/100%", "/a b"})
  void servletPatternsAreAllowed(String patterns) {
    Settings settings = Settings.read(NONE, NONE, NONE, Map.of("latchkey.filter.paths", patterns));
    assertThat(String.join(", ", settings.get(Key.FILTER_PATHS))).isEqualTo(patterns);
  }

  @Test
  void boundsAreAllowed() {
    Settings settings =
        Settings.read(
            NONE,
            NONE,
            NONE,
            Map.of(
                "latchkey.cache.max-size", "1",
                "latchkey.cache.max-stale", "PT0.001S",
                "latchkey.token.prefix", "abcdefghij",
                "latchkey.jdbc.pool-size", "200"));
    assertThat(settings.get(Key.CACHE_MAX_STALE)).isEqualTo(Duration.ofMillis(1));
    assertThat(settings.get(Key.JDBC_POOL_SIZE)).isEqualTo(200);
  }

  @Test
  void passwordsAreNotShown() {
    Settings settings =
        Settings.read(
            NONE,
            Map.of(
                "latchkey.jdbc.password", "s3cret",
                "latchkey.admin.password", "t0psecret",
                "latchkey.oidc.client-secret", "cl1ent"),
            NONE,
            NONE);
    assertThat(settings.get(Key.JDBC_PASSWORD)).hasValue("s3cret");
    assertThat(settings.toString()).doesNotContain("s3cret", "t0psecret", "cl1ent");
    assertThat(Key.JDBC_PASSWORD.invalid("s3cret", "somewhere")).hasMessageNotContaining("s3cret");
  }

  @Test
  void everyKeyHasOneNameInEachSource() {
    List<String> names = Key.ALL.stream().map(Key::name).toList();
    assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.startsWith("latchkey."));
    assertThat(Key.ALL.stream().map(Key::environmentVariable)).doesNotHaveDuplicates();
  }

  private static int size(Settings settings) {
    return settings.get(Key.CACHE_MAX_SIZE);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Map<String, String> init,
      Map<String, String> system,
      Map<String, String> environment,
      Map<String, String> file) {
    return assertThatThrownBy(() -> Settings.read(init, system, environment, file))
        .isInstanceOf(InvalidConfigurationException.class);
  }
}
