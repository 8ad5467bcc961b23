package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterConfig;
import org.springframework.mock.web.MockServletContext;

/** What the log says of the start. */
class ProtectionTest {

  private final Map<String, String> settings = new HashMap<>();
  private String contextPath = "/shop";
  private Door door = Door.FILTER;

  // issue 15.2
  @Test
  void theStartSaysInOneLineWhatIsProtected() {
    settings.put("latchkey.filter.paths", "/größe/*, *.json");
    settings.put("latchkey.filter.excluded-paths", "/größe/health");
    settings.put("latchkey.filter.rules", "HEAD,GET /größe/* b a\n* /größe/x c");
    settings.put("latchkey.datasource", "java:app/jdbc/x");
    assertThat(protection().line("tokens"))
        .isEqualTo(
            "protects /größe/*, *.json in the application \"/shop\", except /größe/health; rules:"
                + " GET,HEAD /größe/* a b; * /größe/x c; filter \"tokens\"; tokens are checked by"
                + " the DataSource java:app/jdbc/x");
  }

  // issue 15.2
  @Test
  void theStartSaysHowElseItIsProtected() {
    contextPath = "";
    assertThat(protection().line(null))
        .isEqualTo(
            "protects /* in the application \"/\"; no rules; mechanism; tokens are checked by the"
                + " embedded database in ./latchkey-data");
    door = Door.FORWARD_AUTH;
    assertThat(protection().line("latchkey"))
        .startsWith("protects /* for the proxies that ask \"/verify\"; no rules; filter");
  }

  // issue 15.2
  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db:5432/x?user=u&password=s3cret, jdbc:postgresql://db:5432/x",
    "jdbc:mariadb://u:s3cret@db/x, jdbc:mariadb:…@db/x",
    "jdbc:oracle:thin:u/s3@cret@//db/x, jdbc:oracle:…@//db/x",
    "jdbc:h2:mem:x;PASSWORD=s3cret, jdbc:h2:mem:x",
    "jdbc:mariadb://address=(host=db)(password=s3cret)/x, jdbc:mariadb://address",
  })
  void noSecretOfTheDatabaseIsLogged(String url, String logged) {
    settings.put("latchkey.jdbc.url", url);
    settings.put("latchkey.jdbc.password", "s3cret");
    assertThat(protection().line("x"))
        .endsWith("; tokens are checked by the database " + logged)
        .doesNotContain("cret");
  }

  // issue 15.2
  @Test
  void nothingInASettingBreaksTheLine() {
    settings.put("latchkey.jdbc.url", "jdbc:h2:mem:a\r\nb\u001b[2J\u2028\u202e");
    assertThat(protection().line("a\nb")).contains("\"a?b\"").endsWith("jdbc:h2:mem:a??b?[2J??");
  }

  // issue 22.c
  @ParameterizedTest
  @CsvSource({
    "latchkey.filter.paths, /shop/api/*, /api/*",
    "latchkey.filter.paths, /Shop, /*",
    "latchkey.filter.excluded-paths, /shop/health, /health",
  })
  void aPatternThatBeginsWithTheContextPathIsWarnedOf(String key, String pattern, String instead) {
    settings.put(key, pattern);
    assertThat(protection().warnings())
        .anySatisfy(
            warning ->
                assertThat(warning)
                    .startsWith(key + ": \"" + pattern + "\" begins with the context path.")
                    .contains("is for /shop" + pattern + " and not for " + pattern)
                    .endsWith("write \"" + instead + "\""));
  }

  // issue 22.c
  @Test
  void aRuleThatBeginsWithTheContextPathIsWarnedOf() {
    settings.put("latchkey.filter.rules", "GET /shop/api/* read");
    assertThat(protection().warnings())
        .singleElement()
        .asString()
        .startsWith("latchkey.filter.rules: \"/shop/api/*\" begins with the context path.");
  }

  // issue 22.c
  @Test
  void proxiesAskForWholePaths() {
    door = Door.FORWARD_AUTH;
    settings.put("latchkey.filter.paths", "/shop/api/*");
    assertThat(protection().warnings()).isEmpty();
  }

  // issue 22.c
  @ParameterizedTest
  @ValueSource(strings = {"/api", "/other/*, /api", "/api, /api/x", "/api, /api/x/*"})
  void anExactPathThatLeavesOthersBelowItOpenIsWarnedOf(String paths) {
    settings.put("latchkey.filter.paths", paths);
    assertThat(protection().warnings())
        .contains(
            "latchkey.filter.paths: \"/api\" protects this path alone and leaves /api/x open; write"
                + " \"/api/*\" for both");
  }

  // issue 22.c
  @Test
  void aRuleForAPathThatIsNotProtectedIsWarnedOf() {
    settings.put("latchkey.filter.paths", "/api");
    settings.put("latchkey.filter.rules", "POST /api/x write");
    assertThat(protection().warnings())
        .contains(
            "latchkey.filter.rules: \"POST /api/x write\" has no effect, because its path is not"
                + " protected; add \"/api/x\" to latchkey.filter.paths");
  }

  // issue 22.c
  @ParameterizedTest
  @ValueSource(
      strings = {
        "* /api/* a; GET /api/x b",
        "GET,POST /api/* a; GET /api/x b",
        "GET /* a; POST /api/* a; GET,POST /api/x/* b",
        "* *.csv a; GET /api/x.csv b",
        "* /API/* a; * /api/ b",
      })
  void aRuleThatIsNeverReachedIsWarnedOf(String rules) {
    settings.put("latchkey.filter.rules", rules);
    assertThat(protection().warnings()).singleElement().asString().contains("is never reached");
  }

  // issue 22.c
  @Test
  void anExactRuleAboveAnotherIsWarnedOf() {
    settings.put("latchkey.filter.rules", "POST /api write; GET /api/x read");
    assertThat(protection().warnings())
        .containsExactly(
            "latchkey.filter.rules: \"POST /api write\" is for this path alone, and no rule is for"
                + " all that is below it; write \"/api/*\" for both");
  }

  // issue 22.c
  @ParameterizedTest
  @ValueSource(strings = {"/*", "/api/*"})
  void anExclusionThatOpensAllThatIsProtectedIsWarnedOf(String excluded) {
    settings.put("latchkey.filter.paths", "/api/*");
    settings.put("latchkey.filter.excluded-paths", excluded);
    assertThat(protection().warnings()).singleElement().asString().contains("opens all of");
  }

  @ParameterizedTest
  @DisplayName("usual settings are not warned of")
  @CsvSource({
    "/*, /health, POST /orders/* w; GET /orders/* r; * /* other",
    "'/api, /api/*', , 'GET /api/x r; POST /api/* w'",
    "'/api/*, *.json', /api/health, 'GET /api/*.x r'",
    "/api/*, /api/health, 'GET,HEAD /api/licences/* r; * /api/licences/* w'",
    "/*, /, 'GET /one r; POST /two/* w'",
    "/shopping/*, , * *.csv export",
  })
  void usualSettings(String paths, String excluded, String rules) {
    settings.put("latchkey.filter.paths", paths);
    settings.put("latchkey.filter.excluded-paths", excluded == null ? "" : excluded);
    settings.put("latchkey.filter.rules", rules.replace("/api/*.x", "/api/y"));
    assertThat(protection().warnings()).isEmpty();
  }

  // issue 15.2
  @Test
  void aFilterLogsItOnceAtItsStart() throws Exception {
    List<LogRecord> logged = new ArrayList<>();
    Logger logger = Logger.getLogger(Protection.class.getName());
    Handler handler = handler(logged);
    logger.addHandler(handler);
    System.setProperty("latchkey.jdbc.url", Fixture.DATABASE);
    try {
      MockServletContext context = new MockServletContext();
      context.setContextPath("/shop");
      MockFilterConfig config = new MockFilterConfig(context, "tokens");
      config.addInitParameter("filter.paths", "/shop/api/*");
      for (int i = 0; i < 2; i++) {
        BearerTokenFilter filter = new BearerTokenFilter();
        filter.init(config);
        filter.destroy();
      }
    } finally {
      System.clearProperty("latchkey.jdbc.url");
      logger.removeHandler(handler);
    }
    assertThat(logged).extracting(LogRecord::getLevel).containsExactly(Level.INFO, Level.WARNING);
    assertThat(logged.get(0).getMessage())
        .startsWith(
            "protects /shop/api/* in the application \"/shop\"; no rules; filter \"tokens\"");
  }

  private static Handler handler(List<LogRecord> logged) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        logged.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  private Protection protection() {
    Settings read = Settings.read(Map.of(), settings, Map.of(), Map.of());
    return new Protection(read, AccessRules.parse(read.get(Key.FILTER_RULES)), door, contextPath);
  }
}
