package dev.latchkey.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page that figures are written to: between the markers of their section, by nobody else. */
record Report(Path page, boolean writes) {

  /**
   * Puts lines where {@code <!-- bench:section -->} and {@code <!-- end of section -->} stand.
   *
   * @throws IllegalStateException when the page has no such place
   */
  void put(String section, List<String> lines) throws IOException {
    lines.forEach(System.out::println);
    if (!writes) {
      return;
    }
    String text = Files.readString(page);
    String begin = "<!-- bench:" + section + " -->\n";
    int from = text.indexOf(begin);
    int to = text.indexOf("<!-- end of " + section + " -->");
    if (from < 0 || to < from) {
      throw new IllegalStateException(page + " has no place for " + section);
    }
    Files.writeString(
        page,
        text.substring(0, from + begin.length())
            + "\n"
            + String.join("\n", lines)
            + "\n\n"
            + text.substring(to));
  }

  static String number(double value) {
    return value < 10 && value != Math.rint(value)
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%,.0f", value);
  }
}
