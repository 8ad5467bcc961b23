package dev.latchkey.bench;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

/** What a cached token takes in memory. */
record MemoryReport(int tokens) {

  private static final int MOST_BYTES = 300;

  List<String> lines() throws Exception {
    Installation installation = Installation.inMemory(tokens);
    long empty;
    try (Application application = application(installation)) {
      application.call(0);
      empty = used();
      application.warmUp(true);
      long each = (used() - empty) / (tokens - 1);
      return List.of(
          "A cached token takes "
              + each
              + " B of heap: what is in use after a collection with "
              + Report.number(tokens)
              + " tokens of "
              + Report.number(tokens / 20.0)
              + " third parties in memory, less what is in use with one, divided by their number"
              + " (goal: at most "
              + MOST_BYTES
              + ").");
    }
  }

  private static Application application(Installation installation) throws Exception {
    return new Application(Peer.LATCHKEY, installation, Map.of(), installation.active());
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
