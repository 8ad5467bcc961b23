package dev.latchkey.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The last class: what all others were shown must be nowhere (security A16, C2, C5). */
@ExtendWith(TestedServer.class)
@Order(100)
@DisplayName("A16, C2: secrets of the whole run")
class SecretsIT {

  private final Latchkey latchkey;

  SecretsIT(Latchkey latchkey) {
    this.latchkey = latchkey;
  }

  @Test
  void areNotInTheServersLog() throws IOException {
    List<Path> logs = files(latchkey.installation().logs());
    assertThat(logs).as("log files").isNotEmpty();
    long read = 0;
    Set<String> wanted = wanted();
    for (Path log : logs) {
      String text = Files.readString(log, ISO_8859_1);
      read += text.length();
      assertThat(found(wanted, text)).as("secrets in %s", log).isEmpty();
      // Open Liberty keeps a trace of each exception that it has caught and dealt with.
      if (!log.toString().contains("/ffdc/")) {
        assertThat(text).as("stack traces of ours in %s", log).doesNotContain("\tat dev.latchkey");
      }
    }
    assertThat(read).as("bytes of log").isGreaterThan(1000);
  }

  @Test
  void areInNoColumnOfTheDatabase() throws SQLException {
    int values = 0;
    Set<String> wanted = wanted();
    try (Connection connection =
            DriverManager.getConnection(
                latchkey.installation().databaseUrl(),
                Installation.DATABASE_USER,
                Installation.DATABASE_PASSWORD);
        Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      for (String table : tables(statement)) {
        try (ResultSet rows = statement.executeQuery("select * from " + table)) {
          while (rows.next()) {
            for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
              values++;
              assertThat(found(wanted, text(rows, column)))
                  .as("secrets in %s.%s", table, rows.getMetaData().getColumnName(column))
                  .isEmpty();
            }
          }
        }
      }
    }
    assertThat(values).as("values read").isGreaterThan(1000);
  }

  @Test
  void areInNoFileButTheFirstPasswordsOwn() throws IOException {
    Path password = Latchkey.passwordFile(latchkey.installation());
    Set<String> wanted = wanted();
    for (Path file : files(latchkey.installation().home())) {
      if (!file.equals(password)) {
        assertThat(found(wanted, Files.readString(file, ISO_8859_1)))
            .as("secrets in %s", file)
            .isEmpty();
      }
    }
  }

  private Set<String> wanted() {
    Set<String> wanted = new LinkedHashSet<>(latchkey.secrets().all());
    assertThat(wanted).as("secrets of the run").hasSizeGreaterThan(1);
    String basic = "admin:" + latchkey.password();
    wanted.add(Base64.getEncoder().encodeToString(basic.getBytes(ISO_8859_1)));
    return wanted;
  }

  /** What was found, named by its first characters only. */
  private static List<String> found(Set<String> wanted, String text) {
    return wanted.stream().filter(text::contains).map(secret -> secret.substring(0, 4)).toList();
  }

  private static String text(ResultSet rows, int column) throws SQLException {
    Object value = rows.getObject(column);
    if (value instanceof byte[] bytes) {
      return new String(bytes, ISO_8859_1);
    }
    String text = rows.getString(column);
    return text == null ? "" : text;
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "select table_schema, table_name from information_schema.tables"
                + " where table_type = 'BASE TABLE'")) {
      while (rows.next()) {
        tables.add('"' + rows.getString(1) + "\".\"" + rows.getString(2) + '"');
      }
    }
    assertThat(tables).isNotEmpty();
    return tables;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
