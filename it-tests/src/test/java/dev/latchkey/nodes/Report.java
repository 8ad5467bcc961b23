package dev.latchkey.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a run: printed, written below {@code target}, and, unless the run is a quick one,
 * into the table of their name in {@code docs/reliability.md}.
 */
final class Report {

  private static final int HEADER = 2;

  private final String name;
  private final List<String> lines = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param name stands in the document's comments around the table
   */
  Report(String name, String... columns) {
    this.name = name;
    lines.add("| " + String.join(" | ", columns) + " |");
    lines.add("|" + " --- |".repeat(columns.length));
  }

  void row(String... cells) {
    String line = "| " + String.join(" | ", cells) + " |";
    lines.add(line);
    System.out.println(line);
  }

  /** Nothing is written of what was not measured. */
  /** A time as tables have it. */
  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }

  void write() {
    if (lines.size() == HEADER) {
      return;
    }
    try {
      Path folder = Path.of(System.getProperty("tested.folder")).resolveSibling("nodes");
      Files.createDirectories(folder);
      Files.write(folder.resolve(name + ".md"), lines);
      if (!Cluster.QUICK) {
        writeInto(Path.of(System.getProperty("tested.docs"), "reliability.md"));
      }
    } catch (IOException notWritten) {
      throw new UncheckedIOException(notWritten);
    }
  }

  private void writeInto(Path document) throws IOException {
    String text = Files.readString(document);
    String begin = "<!-- figures: " + name + " -->\n";
    String end = "<!-- end of " + name + " -->";
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      throw new IOException(document + " has no place for the figures of " + name);
    }
    Files.writeString(
        document,
        text.substring(0, from + begin.length())
            + String.join("\n", lines)
            + "\n"
            + text.substring(to));
  }
}
