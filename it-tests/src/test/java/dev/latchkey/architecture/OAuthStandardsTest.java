package dev.latchkey.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** docs/oauth.md says which test holds which section of which RFC. */
@DisplayName("Standards, section by section")
class OAuthStandardsTest {

  private static final Path PROJECT = Path.of("..");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| RFC (\\d+) §.*\\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))(?:\\.(\\w+))?`");

  @Test
  void areAllThere() throws IOException {
    assertThat(rows().map(row -> row.group(1)).distinct())
        .contains(
            "6749", "6750", "7009", "7636", "7662", "8252", "8414", "9110", "9207", "9700", "9728");
  }

  @Test
  void haveTestsThatExist() throws IOException {
    Map<String, Path> tests = tests();

    for (String row : rows().map(MatchResult::group).toList()) {
      List<MatchResult> named = TEST.matcher(row).results().toList();
      assertThat(named).as("tests of %s", row).isNotEmpty();
      for (MatchResult test : named) {
        Path source = tests.get(test.group(1));
        assertThat(source).as(test.group()).isNotNull();
        if (test.group(2) != null) {
          assertThat(Files.readString(source, UTF_8)).contains(" void " + test.group(2) + "(");
        }
      }
    }
  }

  private static Stream<MatchResult> rows() throws IOException {
    return ROW.matcher(Files.readString(PROJECT.resolve("docs/oauth.md"), UTF_8)).results();
  }

  private static Map<String, Path> tests() throws IOException {
    try (Stream<Path> modules = Files.list(PROJECT)) {
      return modules
          .map(module -> module.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(OAuthStandardsTest::files)
          .filter(
              file -> file.toString().endsWith("IT.java") || file.toString().endsWith("Test.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  Function.identity(),
                  (one, other) -> one));
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList().stream();
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }
}
