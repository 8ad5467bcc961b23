package dev.latchkey.core.metrics;

import java.nio.charset.StandardCharsets;

/**
 * Writes metrics in the Prometheus text format 0.0.4. Call a family's method first and then {@link
 * #sample} for each of its time series. Not thread-safe.
 */
public final class PrometheusText {

  /** The media type of the text. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder(8192);
  private String family = "";

  /** Begins with no metric. */
  public PrometheusText() {}

  /** Begins a family of counters; the name must end in {@code _total}. */
  public PrometheusText counter(String name, String help) {
    return family(name, "counter", help);
  }

  /** Begins a family of gauges. */
  public PrometheusText gauge(String name, String help) {
    return family(name, "gauge", help);
  }

  private PrometheusText family(String name, String type, String help) {
    family = name;
    text.append("# HELP ").append(name).append(' ');
    escape(help, false);
    text.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /**
   * Adds a time series of the family.
   *
   * @param labels names and values in turn
   */
  public PrometheusText sample(double value, String... labels) {
    return line("", number(value), labels);
  }

  /** Adds a time series with a whole number; {@code labels} as above. */
  public PrometheusText sample(long value, String... labels) {
    return line("", Long.toString(value), labels);
  }

  /** Writes a histogram with one time series. */
  public PrometheusText histogram(String name, String help, Histogram.Snapshot histogram) {
    family(name, "histogram", help);
    for (int i = 0; i < histogram.bounds().size(); i++) {
      line(
          "_bucket",
          Long.toString(histogram.cumulative().get(i)),
          "le",
          number(histogram.bounds().get(i).doubleValue()));
    }
    line("_bucket", Long.toString(histogram.count()), "le", "+Inf");
    line("_sum", number(histogram.sumSeconds()));
    return line("_count", Long.toString(histogram.count()));
  }

  private PrometheusText line(String suffix, String value, String... labels) {
    text.append(family).append(suffix);
    for (int i = 0; i + 1 < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      escape(labels[i + 1], true);
      text.append('"');
    }
    text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
    return this;
  }

  private void escape(String value, boolean quoted) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '"' -> text.append(quoted ? "\\\"" : "\"");
        default -> text.append(c);
      }
    }
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    long whole = (long) value;
    return whole == value ? Long.toString(whole) : Double.toString(value);
  }

  /** The text as an answer's body. */
  public byte[] toBytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The text. */
  @Override
  public String toString() {
    return text.toString();
  }
}
