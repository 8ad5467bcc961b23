package dev.latchkey.filter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Key;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What IDEs complete in application.yml is what {@link Key} knows. */
// issue 16.3
class ConfigurationMetadataTest {

  private static final Path FILE =
      Path.of("src/main/resources/META-INF/spring-configuration-metadata.json");
  private static final Path MADE = Path.of("target/spring-configuration-metadata.json");

  @Test
  @DisplayName("spring-configuration-metadata.json names every key; copy it from target/")
  void namesEveryKey() throws Exception {
    String made =
        Key.ALL.stream()
            .map(ConfigurationMetadataTest::entry)
            .collect(Collectors.joining(",\n", "{\n  \"properties\": [\n", "\n  ]\n}\n"));
    Files.createDirectories(MADE.getParent());
    Files.writeString(MADE, made);

    assertThat(Files.readString(FILE)).isEqualTo(made);
  }

  private static String entry(Key<?> key) {
    String type = key.byDefault().matches("true|false") ? "Boolean" : "String";
    String byDefault =
        key.byDefault().isEmpty() ? "" : ", \"defaultValue\": " + value(type, key.byDefault());
    return "    {\"name\": %s, \"type\": \"java.lang.%s\", \"description\": %s%s}"
        .formatted(quoted(key.name()), type, quoted("Takes " + key.allowed() + "."), byDefault);
  }

  private static String value(String type, String text) {
    return type.equals("Boolean") ? text : quoted(text);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
