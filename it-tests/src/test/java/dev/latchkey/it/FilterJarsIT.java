package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the filter brings into the {@code WEB-INF/lib} of other people's applications. */
// issue 16.1, 16.2
@Tag("once")
@DisplayName("The jars of the filter")
class FilterJarsIT {

  private static final String LIB = "WEB-INF/lib/";

  // Only in the WAR, because users can't add a driver to it.
  private static final List<String> OF_THE_WAR =
      List.of("h2-", "postgresql-", "mariadb-java-client-", "slf4j-jdk14-");
  private static final List<String> FOR_OWN_CONNECTIONS = List.of("HikariCP-", "slf4j-api-");

  private final Map<String, Long> jars = jars();

  private static Map<String, Long> jars() {
    Path war = Path.of("..", "token-filter", "target", "token-filter.war");
    try (ZipFile zip = new ZipFile(war.toFile())) {
      return zip.stream()
          .filter(entry -> entry.getName().startsWith(LIB) && entry.getName().endsWith(".jar"))
          .filter(entry -> OF_THE_WAR.stream().noneMatch(begins(entry.getName())))
          .collect(
              Collectors.toMap(
                  entry -> entry.getName().substring(LIB.length()), ZipEntry::getSize));
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  private static Predicate<String> begins(String entry) {
    return name -> entry.startsWith(LIB + name) || entry.startsWith(name);
  }

  @Test
  void areAtMostSevenAndHaveNoPersistenceProvider() {
    assertThat(jars).hasSizeBetween(2, 7);
    assertThat(jars.keySet())
        .noneMatch(
            jar -> jar.matches("(hibernate|jakarta|byte-buddy|antlr|jandex|classmate|jboss).*"));
  }

  @Test
  void areAtMostOnePointEightMegabytes() {
    assertThat(sum(jars)).isLessThan(1_800_000);
  }

  @Test
  void areAtMostOnePointFiveMegabytesWithConnectionsOfTheServers() {
    Map<String, Long> without =
        jars.entrySet().stream()
            .filter(jar -> FOR_OWN_CONNECTIONS.stream().noneMatch(jar.getKey()::startsWith))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(sum(without)).isLessThan(1_500_000);
  }

  private static long sum(Map<String, Long> jars) {
    return jars.values().stream().mapToLong(Long::longValue).sum();
  }
}
