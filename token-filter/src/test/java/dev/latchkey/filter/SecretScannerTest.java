package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.filter.Fixture.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SecretScannerTest {

  @RepeatedTest(20)
  @DisplayName("C4 the documented expression finds a token, and nothing around it")
  void findsTokens() throws Exception {
    Issued token = Fixture.INSTALLATION.issues();
    assertThat(
            documented()
                .matcher("curl -H 'Authorization: " + token.header() + "' http://x")
                .results()
                .map(found -> found.group()))
        .containsExactly(token.secret());
  }

  @Test
  @DisplayName("C4 the hint of a token is no token")
  void doesNotFindHints() throws Exception {
    Issued token = Fixture.INSTALLATION.issues();
    assertThat(documented().matcher("lk_" + token.id() + "_").find()).isFalse();
  }

  private static Pattern documented() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "filter.md")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("\\b") && line.endsWith("\\b"))
        .map(Pattern::compile)
        .findFirst()
        .orElseThrow();
  }
}
