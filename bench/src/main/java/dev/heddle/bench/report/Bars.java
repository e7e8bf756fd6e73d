package dev.heddle.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * The contenders of one figure beside each other. Text is text of the page, so that it is readable
 * on a phone; only the bars are SVG, stretched to the width there is.
 */
final class Bars {
  /** Beyond this many times the shortest the others would not be seen: the axis is logarithmic. */
  private static final double MOST_LINEAR = 25;

  private static final double WIDTH = 100;

  private Bars() {}

  static String html(List<Measured> contenders) {
    double least = contenders.stream().mapToDouble(Measured::lowQuartile).min().orElse(0);
    double most = contenders.stream().mapToDouble(Measured::highQuartile).max().orElse(0);
    boolean logarithmic = least > 0 && most / least > MOST_LINEAR;
    Figure figure = contenders.getFirst().figure();
    StringBuilder html = new StringBuilder("<div class=\"bars\">\n");
    for (Measured each : contenders) {
      html.append(bar(each, least, most, logarithmic));
    }
    return html.append("</div>\n<p class=\"note\">")
        .append(Html.escape(figure.unit().symbol()))
        .append(figure.unit().lessIsBetter() ? ", less is better" : ", more is better")
        .append(logarithmic ? "; the bars are logarithmic" : "")
        .append("</p>\n")
        .toString();
  }

  private static String bar(Measured each, double least, double most, boolean logarithmic) {
    double end = place(each.median(), least, most, logarithmic);
    double low = place(each.lowQuartile(), least, most, logarithmic);
    double high = place(each.highQuartile(), least, most, logarithmic);
    String kind = each.isOurs() ? "ours" : each.isPeer() ? "peer" : "bound";
    return String.format(
        Locale.ROOT,
        "<div class=\"bar %s\"><span class=\"who\">%s</span>"
            + "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect class=\"fill\" x=\"0\" y=\"1\" width=\"%.2f\" height=\"8\"/>"
            + "<rect class=\"spread\" x=\"%.2f\" y=\"4\" width=\"%.2f\" height=\"2\"/></svg>"
            + "<span class=\"value\">%s</span></div>%n",
        kind,
        Html.escape(each.contender()),
        end,
        low,
        Math.max(0.3, high - low),
        Html.escape(each.shown()));
  }

  private static double place(double value, double least, double most, boolean logarithmic) {
    if (most <= 0) {
      return 0;
    }
    double share =
        logarithmic ? Math.log(2 * value / least) / Math.log(2 * most / least) : value / most;
    return Math.clamp(share, 0, 1) * WIDTH;
  }
}
