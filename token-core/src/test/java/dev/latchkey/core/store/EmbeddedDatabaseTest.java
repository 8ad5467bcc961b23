package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded database is closed to other accounts of the machine (issue 14.1). */
@SuppressWarnings("try") // it is enough that the database is open
class EmbeddedDatabaseTest {

  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void choosesAHome() {
    home = folder.resolve("home");
  }

  private Settings settings() {
    return Settings.read(Map.of(), Map.of("latchkey.home", home.toString()), Map.of(), Map.of());
  }

  private Database migrated() {
    Settings settings = settings();
    return Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
  }

  private Database opened() {
    Settings settings = settings();
    return Database.open(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
  }

  @Test
  void letsOnlyItsOwnerReadTheFolderAndTheFilesInIt() throws IOException {
    try (Database migrated = migrated()) {
      assertThat(modes())
          .containsEntry("", "rwx------")
          .containsEntry("latchkey.mv.db", "rw-------")
          .containsEntry("latchkey.lock.db", "rw-------")
          .containsEntry("database-password", "rw-------")
          .containsEntry("database-owner-password", "rw-------");
      assertThat(modes().values()).allMatch(mode -> mode.endsWith("------"));
    }
  }

  @Test
  void tightensAHomeThatOthersCouldRead() throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("initial-admin-password"), "secret");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        home.resolve("initial-admin-password"), PosixFilePermissions.fromString("rw-r--r--"));

    try (Database migrated = migrated()) {
      assertThat(modes())
          .containsEntry("", "rwx------")
          .containsEntry("initial-admin-password", "rw-------");
    }
  }

  @Test
  void refusesAHomeOfAnotherAccount() throws Exception {
    assumeTrue(isRoot(), "only root can give a folder to another account");
    Files.createDirectories(home);
    Files.setOwner(
        home, home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertThatThrownBy(this::migrated)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("belongs to the account nobody")
        .hasMessageContaining("chown");
  }

  @Test
  void isNotReadableByAnotherAccount() throws Exception {
    assumeTrue(isRoot() && Files.exists(Path.of("/usr/sbin/runuser")), "needs root and runuser");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Database migrated = migrated()) {
      assertThat(exitCodeAs("nobody", "ls", home.toString())).isNotZero();
      assertThat(exitCodeAs("nobody", "cat", home.resolve("latchkey.lock.db").toString()))
          .isNotZero();
      assertThat(exitCodeAs("nobody", "cat", home.resolve("database-password").toString()))
          .isNotZero();
    }
  }

  @Test
  void sharesTheDatabaseAndNothingElseWithAGroup() throws IOException {
    Settings settings =
        Settings.read(
            Map.of(),
            Map.of(
                "latchkey.home",
                home.toString(),
                "latchkey.home.group",
                Files.readAttributes(folder, java.nio.file.attribute.PosixFileAttributes.class)
                    .group()
                    .getName()),
            Map.of(),
            Map.of());
    try (Database migrated =
        Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities())) {
      assertThat(modes())
          .containsEntry("", "rwxrwx---")
          .containsEntry("latchkey.mv.db", "rw-rw----")
          .containsEntry("latchkey.lock.db", "rw-rw----")
          .containsEntry("database-password", "rw-rw----")
          .containsEntry("database-owner-password", "rw-------");
    }
  }

  // An attempt that fails takes the drivers out that it has brought.
  @Test
  void opensAlsoWhenTheDriverIsNotRegisteredAnyMore() throws SQLException {
    List<Driver> registered =
        DriverManager.drivers()
            .filter(driver -> driver.getClass().getName().equals("org.h2.Driver"))
            .toList();
    for (Driver driver : registered) {
      DriverManager.deregisterDriver(driver);
    }
    try (Database migrated = migrated()) {
      assertThat(migrated.<Boolean>ask(connection -> connection.isValid(1))).isTrue();
    } finally {
      for (Driver driver : registered) {
        DriverManager.registerDriver(driver);
      }
    }
  }

  @Test
  void writesToTheDiskBeforeACommitReturns() {
    migrated().close();
    try (Database opened = opened()) {
      assertThat(opened.<List<String>>ask(EmbeddedDatabaseTest::writeDelays))
          .isNotEmpty()
          .allMatch("0"::equals);
    }
    assertThat(home.resolve("latchkey.trace.db")).doesNotExist();
  }

  // What the owner has set, and what holds.
  private static List<String> writeDelays(Connection connection) throws SQLException {
    List<String> delays = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet settings =
            statement.executeQuery(
                "select setting_value from information_schema.settings"
                    + " where setting_name = 'WRITE_DELAY'")) {
      while (settings.next()) {
        delays.add(settings.getString(1));
      }
    }
    return delays;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SA", "LATCHKEY_APP", "LATCHKEY_OWNER"})
  void refusesItsPortToWhoDoesNotKnowThePassword(String user) throws Exception {
    try (Database migrated = migrated()) {
      Properties lock = new Properties();
      try (InputStream in = Files.newInputStream(home.resolve("latchkey.lock.db"))) {
        lock.load(in);
      }
      String server = lock.getProperty("server");
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(
                      "jdbc:h2:tcp://" + server + "/" + lock.getProperty("id"), user, ""))
          .isInstanceOfSatisfying(
              SQLException.class, refused -> assertThat(refused.getErrorCode()).isEqualTo(28000));
    }
  }

  @Test
  void takesOverADatabaseWithoutAPasswordAndKeepsItsRows() throws Exception {
    // given: what an earlier version has left
    try (Database migrated = migrated()) {
      migrated.ask(
          connection ->
              connection
                  .createStatement()
                  .executeUpdate(
                      "insert into tag_key (id, secret, created_at) values (7, X'00', current_timestamp)"));
    }
    asOwner("create user \"\" password '' admin");
    asOwner("alter user \"\" set password ''", "drop user LATCHKEY_APP");
    withoutPassword("drop user LATCHKEY_OWNER");
    Files.delete(home.resolve("database-password"));
    Files.delete(home.resolve("database-owner-password"));

    try (Database taken = migrated()) {
      assertThat(
              taken.<Integer>ask(
                  connection -> {
                    try (Statement statement = connection.createStatement();
                        ResultSet row =
                            statement.executeQuery("select count(*) from tag_key where id = 7")) {
                      row.next();
                      return row.getInt(1);
                    }
                  }))
          .isEqualTo(1);
    }
    assertThatThrownBy(() -> withoutPassword("select 1")).isInstanceOf(SQLException.class);
  }

  @Test
  void isNotCreatedByWhoOnlyChecksTokens() {
    assertThatThrownBy(this::opened)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("start the admin WAR");
    assertThat(home.resolve("latchkey.mv.db")).doesNotExist();
  }

  @Test
  void isSharedByWhoOnlyChecksTokens() {
    try (Database migrated = migrated();
        Database opened = opened()) {
      assertThat(opened.<Boolean>ask(connection -> connection.isValid(1))).isTrue();
    }
  }

  static Stream<String> statementsThatReachBeyondRows() {
    return Stream.of(
        "create alias x for \"java.lang.System.getProperty\"",
        "create alias x as 'int f() { return 1; }'",
        "create trigger t before insert on tag_key call \"x.Y\"",
        "create linked table l ('org.h2.Driver', 'jdbc:h2:mem:', '', '', 't')",
        "create aggregate a for \"x.Y\"",
        "create user z password 'z' admin",
        "alter user LATCHKEY_APP admin true",
        "create schema s",
        "create table t (i int)",
        "drop table tag_key",
        "alter table tag_key add column more int",
        "script to '/tmp/latchkey-script.sql'",
        "runscript from '/tmp/latchkey-script.sql'",
        "select file_read('/etc/passwd')",
        "select file_write('x', '/tmp/latchkey-file')",
        "select * from csvread('/etc/passwd')",
        "call csvwrite('/tmp/latchkey.csv', 'select 1')",
        "backup to '/tmp/latchkey.zip'",
        "shutdown",
        "set trace_level_file 3",
        "set allow_literals all",
        "set exclusive 1");
  }

  @Test
  void letsTheApplicationsAccountReadAndWriteRowsAndDoNothingElse() {
    try (Database migrated = migrated()) {
      assertThat(statementsThatReachBeyondRows())
          .allSatisfy(
              sql ->
                  assertThatThrownBy(
                          () ->
                              migrated.<Boolean>ask(
                                  connection -> {
                                    try (Statement statement = connection.createStatement()) {
                                      return statement.execute(sql);
                                    }
                                  }))
                      .as(sql)
                      .hasRootCauseInstanceOf(SQLException.class)
                      .rootCause()
                      .hasMessageContaining("rights"));
    }
  }

  private void asOwner(String... statements) throws Exception {
    execute(
        "LATCHKEY_OWNER",
        Files.readString(home.resolve("database-owner-password")),
        List.of(statements));
  }

  private void withoutPassword(String... statements) throws SQLException {
    execute("", "", List.of(statements));
  }

  private void execute(String user, String password, List<String> statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + home.resolve("latchkey") + ";AUTO_SERVER=TRUE;IFEXISTS=TRUE",
                user,
                password);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The permissions of the folder, as {@code ""}, and of the files in it. */
  private Map<String, String> modes() throws IOException {
    Map<String, String> modes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(home, 1)) {
      for (Path file : files.toList()) {
        modes.put(
            file.equals(home) ? "" : file.getFileName().toString(),
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return modes;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static int exitCodeAs(String user, String... command) throws Exception {
    List<String> line =
        Stream.concat(Stream.of("/usr/sbin/runuser", "-u", user, "--"), Stream.of(command))
            .toList();
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
