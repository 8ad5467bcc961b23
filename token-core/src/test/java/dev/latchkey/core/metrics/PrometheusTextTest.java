package dev.latchkey.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {

  @Test
  void writesACounterWithItsLabels() {
    String text =
        new PrometheusText()
            .counter("a_total", "What it is.")
            .sample(3, "outcome", "active")
            .sample(Long.MAX_VALUE, "outcome", "scope", "kind", "x")
            .toString();
    assertThat(text)
        .isEqualTo(
            """
            # HELP a_total What it is.
            # TYPE a_total counter
            a_total{outcome="active"} 3
            a_total{outcome="scope",kind="x"} 9223372036854775807
            """);
  }

  @Test
  void writesFractionsAndWhatIsNoNumber() {
    String text =
        new PrometheusText()
            .gauge("a", "x")
            .sample(.25)
            .sample(-2.0)
            .sample(Double.NaN)
            .sample(Double.POSITIVE_INFINITY)
            .sample(Double.NEGATIVE_INFINITY)
            .toString();
    assertThat(text.lines().skip(2)).containsExactly("a 0.25", "a -2", "a NaN", "a +Inf", "a -Inf");
  }

  @Test
  void escapesWhatWouldEndALineOrAValue() {
    String text =
        new PrometheusText()
            .gauge("a", "one\ntwo \\ \"three\"")
            .sample(1, "version", "a\"b\\c\nd")
            .toString();
    assertThat(text.lines())
        .containsExactly(
            "# HELP a one\\ntwo \\\\ \"three\"",
            "# TYPE a gauge",
            "a{version=\"a\\\"b\\\\c\\nd\"} 1");
  }

  @Test
  void writesAHistogramThatCountsUpwards() {
    Histogram histogram = new Histogram(.001, .01);
    histogram.record(Duration.ofNanos(500_000).toNanos());
    histogram.record(Duration.ofMillis(1).toNanos());
    histogram.record(Duration.ofMillis(5).toNanos());
    histogram.record(Duration.ofSeconds(2).toNanos());
    histogram.record(-1);

    String text = new PrometheusText().histogram("t_seconds", "x", histogram.snapshot()).toString();

    assertThat(text)
        .isEqualTo(
            """
            # HELP t_seconds x
            # TYPE t_seconds histogram
            t_seconds_bucket{le="0.001"} 3
            t_seconds_bucket{le="0.01"} 4
            t_seconds_bucket{le="+Inf"} 5
            t_seconds_sum 2.0065
            t_seconds_count 5
            """);
  }
}
