package dev.latchkey.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Measures, and writes what was measured into the documentation. Arguments: the sections to do,
 * comma separated; the root of the repository; the folder for what is only needed meanwhile; {@code
 * true} for a look whether it all runs, which writes nothing; numbers of tokens, comma separated,
 * for the section {@code growth}.
 */
public final class Bench {

  private static final int SERVED_TOKENS = 256;

  private Bench() {}

  /** Does what the arguments say. */
  public static void main(String[] args) throws Exception {
    List<String> sections = List.of(args[0].split(",", -1));
    Path root = Path.of(args[1]);
    Path folder = Path.of(args[2]);
    boolean smoke = Boolean.parseBoolean(args[3]);
    Files.createDirectories(folder);
    Report report = new Report(root.resolve("docs/performance.md"), !smoke);
    Measurement measurement = new Measurement(smoke, folder);
    if (sections.contains("check")) {
      report.put("check", new CheckReport(measurement).lines());
    }
    if (sections.contains("memory")) {
      report.put("memory", new MemoryReport(smoke ? 2000 : 100_000).lines());
    }
    if (sections.contains("growth")) {
      List<Integer> sizes = Crowd.sizes(smoke ? "500,2000" : args[4]);
      Path plot = (smoke ? folder : root.resolve("docs")).resolve("growth.svg");
      report.put("growth", new GrowthReport(measurement, sizes, plot).lines());
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      if (sections.contains("miss")) {
        Path installation = folder.resolve("installation.txt");
        Installation.in(database(postgres, "miss"), "postgres", smoke ? 500 : 5000)
            .write(installation);
        report.put("miss", new MissReport(measurement, installation).lines());
      }
      if (sections.contains("server") && Wrk.installed()) {
        Installation installation =
            Installation.in(database(postgres, "server"), "postgres", SERVED_TOKENS);
        report.put("server", new ServerReport(smoke, folder, installation).lines());
      } else if (sections.contains("server")) {
        System.err.println(
            "wrk is not installed, so the section server stays as it is (Debian: apt install wrk)");
      }
      if (sections.contains("start")) {
        Path installation = folder.resolve("start.txt");
        Installation.in(database(postgres, "start"), "postgres", 1).write(installation);
        report.put("start", new StartReport(smoke, installation).lines());
      }
    }
  }

  /** A new database's URL. */
  static String database(EmbeddedPostgres postgres, String name) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + name;
  }
}
