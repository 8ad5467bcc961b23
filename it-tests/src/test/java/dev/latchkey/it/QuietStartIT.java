package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a healthy start logs. */
// issue 15.19
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(1)
@Tag("admin")
@Tag("once")
@DisplayName("A healthy start")
class QuietStartIT {

  private final Latchkey latchkey;

  QuietStartIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @Test
  void logsNoWarningOfTheRestApi() throws IOException {
    List<String> ofJaxRs =
        logged().stream()
            .filter(line -> line.contains("WARN") || line.contains("SEVERE"))
            .filter(
                line ->
                    line.contains("dev.latchkey.admin")
                        || line.contains("jersey")
                        || line.contains("RESTEASY"))
            .toList();
    assertThat(ofJaxRs).isEmpty();
    assertThat(logged()).noneMatch(line -> line.contains("singleton"));
  }

  // Before anybody is refused anything, which may be logged.
  private List<String> logged() throws IOException {
    Path folder = latchkey.installation().logs();
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .flatMap(file -> lines(file).takeWhile(line -> !line.contains(" ready in ")))
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file, ISO_8859_1).stream();
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }
}
