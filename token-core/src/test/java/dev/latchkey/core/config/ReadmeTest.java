package dev.latchkey.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `(latchkey\\.[a-z.-]+)` \\| (?:`([^`]*)`|–) \\|", Pattern.MULTILINE);

  @Test
  void theTableHasEveryKeyWithItsDefault() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("..", "README.md")));
    while (row.find()) {
      rows.put(row.group(1), row.group(2) == null ? "" : row.group(2));
    }
    assertThat(rows)
        .isEqualTo(Key.ALL.stream().collect(Collectors.toMap(Key::name, Key::byDefault)));
  }
}
