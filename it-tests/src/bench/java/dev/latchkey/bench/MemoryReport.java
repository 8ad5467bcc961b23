package dev.latchkey.bench;

import dev.latchkey.bench.HeapHistogram.Growth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a cached token takes in memory, and what it is made of. */
record MemoryReport(int tokens) {

  private static final int MOST_BYTES = 300;
  private static final int SMALLEST_LISTED = 2;

  List<String> lines() throws Exception {
    Installation installation = Installation.inMemory(tokens);
    try (Application application = application(installation)) {
      application.call(0);
      HeapHistogram one = HeapHistogram.now();
      application.warmUp(true);
      HeapHistogram all = HeapHistogram.now();
      double each = (double) (all.total() - one.total()) / (tokens - 1);
      List<String> lines = new ArrayList<>();
      lines.add(
          "A cached token takes "
              + Math.round(each)
              + " B of heap: what is in use after a collection with "
              + Report.number(tokens)
              + " tokens of "
              + Report.number(tokens / 20.0)
              + " third parties in memory, each used once and its use not yet written down, less"
              + " what is in use with one, divided by their number (goal: at most "
              + MOST_BYTES
              + ": "
              + (each <= MOST_BYTES ? "reached" : "**not reached**")
              + ").");
      lines.add("");
      lines.add("| objects of | bytes a token |");
      lines.add("| --- | --: |");
      for (Growth growth : all.since(one)) {
        double bytes = (double) growth.bytes() / (tokens - 1);
        if (bytes >= SMALLEST_LISTED) {
          lines.add("| `" + name(growth.type()) + "` | " + Math.round(bytes) + " |");
        }
      }
      return lines;
    }
  }

  private static String name(String type) {
    return switch (type) {
      case "[B" -> "byte[]";
      case "[J" -> "long[]";
      default -> type.startsWith("[L") ? type.substring(2, type.length() - 1) + "[]" : type;
    };
  }

  private static Application application(Installation installation) throws Exception {
    return new Application(Peer.LATCHKEY, installation, Map.of(), installation.active());
  }
}
