package dev.heddle.bench.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/** The same as PNG, for pages that take no HTML: a picture for each figure and each curve. */
final class Plots {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final Color[] OURS = {
    new Color(0x1f6feb), new Color(0x54aeff), new Color(0x0a3069), new Color(0x80ccff)
  };
  private static final Color[] PEERS = {
    new Color(0x57606a), new Color(0xd1690e), new Color(0x9a6700), new Color(0xafb8c1)
  };
  private static final double MOST_LINEAR = 25;

  private Plots() {}

  /** Writes them into the folder and returns the files. */
  static List<Path> write(Report report, Path folder) throws IOException {
    Map<String, List<Measured>> figures = new LinkedHashMap<>();
    Map<String, List<Measured>> curves = new LinkedHashMap<>();
    for (Measured each : report.measured()) {
      Figure figure = each.figure();
      boolean alone = figure.curve().isEmpty();
      (alone ? figures : curves)
          .computeIfAbsent(alone ? figure.name() : figure.curve(), _ -> new ArrayList<>())
          .add(each);
    }
    List<Path> files = new ArrayList<>();
    for (var figure : figures.entrySet()) {
      files.add(save(bars(figure.getKey(), figure.getValue()), folder, figure.getKey()));
    }
    for (var curve : curves.entrySet()) {
      files.add(save(lines(curve.getKey(), curve.getValue()), folder, curve.getKey()));
    }
    return files;
  }

  private static Path save(Chart<?, ?> chart, Path folder, String name) throws IOException {
    Path file =
        folder.resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".png");
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    return file;
  }

  private static CategoryChart bars(String name, List<Measured> contenders) {
    Unit unit = contenders.getFirst().figure().unit();
    double least = contenders.stream().mapToDouble(Measured::median).min().orElse(1);
    double most = contenders.stream().mapToDouble(Measured::median).max().orElse(1);
    // The library has no logarithmic bars.
    boolean logarithmic = least >= 1 && most / least > MOST_LINEAR;
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(name)
            .yAxisTitle((logarithmic ? "log10 of " : "") + unit.symbol())
            .xAxisTitle(unit.lessIsBetter() ? "less is better" : "more is better")
            .build();
    plain(chart.getStyler());
    for (int i = 0; i < contenders.size(); i++) { // a series each: a colour is that of a series
      Measured each = contenders.get(i);
      double height = logarithmic ? Math.log10(each.median()) : each.median();
      chart
          .addSeries(each.contender() + ": " + each.shown(), List.of(" "), List.of(height))
          .setFillColor(each.isOurs() ? OURS[i % OURS.length] : PEERS[i % PEERS.length]);
    }
    return chart;
  }

  private static XYChart lines(String name, List<Measured> points) {
    Figure figure = points.getFirst().figure();
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(name)
            .xAxisTitle(figure.axis())
            .yAxisTitle(figure.unit().symbol())
            .build();
    plain(chart.getStyler());
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setXAxisLogarithmic(true);
    Map<String, List<Measured>> lines = new LinkedHashMap<>();
    points.forEach(
        point -> lines.computeIfAbsent(point.contender(), _ -> new ArrayList<>()).add(point));
    lines.forEach(
        (who, line) ->
            chart.addSeries(
                who,
                line.stream().map(each -> Math.max(0.5, each.figure().x())).toList(),
                line.stream().map(Measured::median).toList()));
    return chart;
  }

  private static void plain(Styler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
  }
}
