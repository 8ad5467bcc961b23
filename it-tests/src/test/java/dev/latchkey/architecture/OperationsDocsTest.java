package dev.latchkey.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/operations says of metrics. */
// issue 19.1
@DisplayName("The operations' files")
class OperationsDocsTest {

  private static final Path FOLDER = Path.of("..", "docs", "operations");
  private static final Pattern NAME = Pattern.compile("latchkey_[a-z_]+");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check rules alerts.yml",
        "test rules alerts-test.yml",
        "check config prometheus.yml"
      })
  void passPromtool(String command) throws IOException, InterruptedException {
    String[] words = ("promtool " + command).split(" ", -1);
    Process promtool;
    try {
      promtool =
          new ProcessBuilder(Arrays.asList(words))
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException missing) {
      assumeTrue(false, "promtool is not installed");
      return;
    }
    String found = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(found).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yml", "dashboard.json"})
  @DisplayName("use only metrics that metrics.md describes")
  void useOnlyMetricsThatThereAre(String file) throws IOException {
    Set<String> described = names("metrics.md");
    assertThat(names(file))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(described).contains(name.replaceAll("_bucket$", "")));
  }

  @Test
  void describeWhatTheCodeWrites() throws IOException {
    Set<String> written = new TreeSet<>();
    for (String source :
        new String[] {
          "token-core/src/main/java/dev/latchkey/core/NodeMetrics.java",
          "token-admin-rest/src/main/java/dev/latchkey/admin/metrics/MetricsServlet.java"
        }) {
      written.addAll(namesIn(Files.readString(Path.of("..", source))));
    }
    assertThat(names("metrics.md")).isEqualTo(written);
  }

  private static Set<String> names(String file) throws IOException {
    return namesIn(Files.readString(FOLDER.resolve(file)));
  }

  private static Set<String> namesIn(String text) {
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(text);
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }
}
