package dev.latchkey.bench;

import dev.latchkey.bench.GrowthReport.Size;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** What grows with the number of tokens: each measure over what it is on the smallest database. */
record GrowthPlot(List<Size> sizes) {

  void write(Path svg) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(760)
            .height(420)
            .title("Time among so many tokens / among the fewest")
            .xAxisTitle("tokens")
            .yAxisTitle("×")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setXAxisDecimalPattern("#,##0");
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setYAxisDecimalPattern("0.0");
    add(chart, "a token not in memory", Size::missMicros);
    add(chart, "one SELECT", Size::selectMicros);
    add(chart, "list of tokens", size -> size.tokens().median());
    add(chart, "third parties by prefix", size -> size.prefix().median());
    add(chart, "start", Size::startMillis);
    // The encoder adds the ending itself when it is not there.
    VectorGraphicsEncoder.saveVectorGraphic(chart, svg.toString(), VectorGraphicsFormat.SVG);
    if (!Files.readString(svg).contains("<svg")) {
      throw new IOException(svg + " is no picture");
    }
  }

  private void add(XYChart chart, String name, ToDoubleFunction<Size> measure) {
    double first = measure.applyAsDouble(sizes.get(0));
    chart.addSeries(
        name,
        sizes.stream().mapToDouble(size -> size.crowd().tokens()).toArray(),
        sizes.stream().mapToDouble(size -> measure.applyAsDouble(size) / first).toArray());
  }
}
