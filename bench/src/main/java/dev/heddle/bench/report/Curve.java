package dev.heddle.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Contenders over a quantity, as inline SVG; both axes are logarithmic, as the quantities are. */
final class Curve {
  private static final int WIDTH = 360;
  private static final int HEIGHT = 240;
  private static final int LEFT = 52;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 34;

  /** As many as there are colours in the page's style. */
  private static final int COLOURS = 8;

  private final List<Measured> points;
  private final double leastX;
  private final double mostX;
  private final double leastY;
  private final double mostY;

  private Curve(List<Measured> points) {
    this.points = points;
    leastX = least(points.stream().map(Curve::x).toList());
    mostX = most(points.stream().map(Curve::x).toList());
    leastY = least(points.stream().map(Measured::median).toList());
    mostY = most(points.stream().map(Measured::median).toList());
  }

  /** A picture and its legend. */
  static String html(List<Measured> points) {
    return new Curve(points).draw();
  }

  /** A depth of 0 has no logarithm; it stands left of 1. */
  private static double x(Measured point) {
    return Math.max(0.5, point.figure().x());
  }

  private static double least(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
  }

  private static double most(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
  }

  private String draw() {
    Figure figure = points.getFirst().figure();
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"curve\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, Html.escape(figure.curve())));
    axes(svg, figure);
    StringBuilder legend = new StringBuilder("<p class=\"legend\">");
    int colour = 0;
    for (var line : byContender().entrySet()) {
      line(svg, line.getValue(), colour);
      legend
          .append("<span class=\"c%d\">&#9632;</span> ".formatted(colour))
          .append(Html.escape(line.getKey()))
          .append(" &nbsp; ");
      colour = (colour + 1) % COLOURS;
    }
    return svg.append("</svg>\n").append(legend).append("</p>\n").toString();
  }

  private Map<String, List<Measured>> byContender() {
    Map<String, List<Measured>> lines = new LinkedHashMap<>();
    for (Measured point : points) {
      lines.computeIfAbsent(point.contender(), _ -> new ArrayList<>()).add(point);
    }
    return lines;
  }

  private void axes(StringBuilder svg, Figure figure) {
    for (double x : points.stream().map(Curve::x).distinct().toList()) {
      String label = x < 1 ? "0" : shortly(x);
      text(svg, placeX(x), HEIGHT - BOTTOM + 14, "middle", label);
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", figure.axis());
    for (double y : new double[] {leastY, Math.sqrt(leastY * mostY), mostY}) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
              LEFT,
              WIDTH - RIGHT,
              placeY(y),
              placeY(y)));
      text(svg, LEFT - 4, placeY(y) + 3, "end", shortly(y));
    }
    text(svg, LEFT - 4, HEIGHT - BOTTOM + 14, "end", figure.unit().symbol());
  }

  private void line(StringBuilder svg, List<Measured> line, int colour) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (Measured point : line) {
      double x = placeX(x(point));
      double y = placeY(point.median());
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      dots.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s</title></circle>%n",
              colour,
              x,
              y,
              Html.escape(point.contender() + ", " + point.shown())));
    }
    svg.append("<polyline class=\"c%d\" points=\"%s\"/>%n".formatted(colour, path)).append(dots);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            Html.escape(text)));
  }

  private double placeX(double x) {
    double share = mostX == leastX ? 0.5 : Math.log(x / leastX) / Math.log(mostX / leastX);
    return LEFT + 8 + share * (WIDTH - LEFT - RIGHT - 16);
  }

  private double placeY(double y) {
    double share = mostY == leastY ? 0.5 : Math.log(y / leastY) / Math.log(mostY / leastY);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  /** {@code 0.5}, {@code 12}, {@code 1.5k}, {@code 2M}. */
  static String shortly(double value) {
    if (value >= 1e6) {
      return trim(value / 1e6) + "M";
    }
    return value >= 1e3 ? trim(value / 1e3) + "k" : trim(value);
  }

  private static String trim(double value) {
    String text = String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
