package dev.latchkey.nodes;

import java.util.List;
import java.util.Locale;

/** What was measured, in milliseconds, from the least to the most. Immutable. */
record Figures(List<Double> sorted) {

  static Figures of(List<Double> measured) {
    return new Figures(measured.stream().sorted().toList());
  }

  int count() {
    return sorted.size();
  }

  double percentile(double percent) {
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }

  double max() {
    return percentile(100);
  }

  /** Cells of a table. */
  String cells() {
    return String.format(
        Locale.ROOT, "%,d | %.1f | %.1f | %.1f", count(), percentile(50), percentile(99), max());
  }
}
