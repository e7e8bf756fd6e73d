package dev.heddle.bench.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page: one file that needs no other, light or dark as the reader's system is, and readable on
 * a phone.
 */
final class Html {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2128; --soft: #57606a; --paper: #ffffff;
        --card: #f6f8fa; --rule: #d8dee4; --ours: #1f6feb; --peer: #8c959f; --bound: #c8a04a;
        --yes: #1a7f37; --no: #b3261e;
        --c0: #1f6feb; --c1: #d1690e; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #0e7c86;
        --c6: #9a6700; --c7: #57606a; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa4af;
        --paper: #0d1117; --card: #161b22; --rule: #30363d; --ours: #58a6ff; --peer: #6e7681;
        --bound: #b88a2e; --yes: #4ac26b; --no: #ff8178;
        --c0: #58a6ff; --c1: #f0883e; --c2: #4ac26b; --c3: #bc8cff; --c4: #f778ba; --c5: #56d4dd;
        --c6: #e3b341; --c7: #9aa4af; } }
      * { box-sizing: border-box; }
      body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper);
        color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
      h1 { font-size: 1.5rem; line-height: 1.2; margin: .5rem 0; }
      h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--rule); }
      h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
      p { margin: .3rem 0; } .soft, .note { color: var(--soft); font-size: .875rem; }
      a { color: var(--ours); } nav a { margin-right: .7rem; }
      .bars { margin: .4rem 0; }
      .bar { display: grid; grid-template-columns: 10rem 1fr 7rem; gap: .6rem; align-items: center;
        font-size: .875rem; }
      .bar svg { width: 100%; height: 1.1rem; display: block; }
      .bar .value { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      .bar.ours .who { font-weight: 600; }
      .ours .fill { fill: var(--ours); } .peer .fill { fill: var(--peer); }
      .bound .fill { fill: var(--bound); } .spread { fill: var(--ink); opacity: .55; }
      table { border-collapse: collapse; width: 100%; font-size: .875rem; }
      th, td { text-align: left; padding: .35rem .5rem; border-bottom: 1px solid var(--rule);
        vertical-align: top; }
      td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      .yes { color: var(--yes); font-weight: 600; } .no { color: var(--no); font-weight: 600; }
      .wins { color: var(--no); white-space: nowrap; } td.met { white-space: nowrap; }
      .curve { width: 100%; max-width: 34rem; display: block; }
      .curve text { fill: var(--soft); font-size: 10px; }
      .curve .grid { stroke: var(--rule); } .curve polyline { fill: none; stroke-width: 2; }
      .legend { font-size: .875rem; }
      polyline.c0 { stroke: var(--c0); } polyline.c1 { stroke: var(--c1); }
      polyline.c2 { stroke: var(--c2); } polyline.c3 { stroke: var(--c3); }
      polyline.c4 { stroke: var(--c4); } polyline.c5 { stroke: var(--c5); }
      polyline.c6 { stroke: var(--c6); } polyline.c7 { stroke: var(--c7); }
      circle.c0, span.c0 { fill: var(--c0); color: var(--c0); }
      circle.c1, span.c1 { fill: var(--c1); color: var(--c1); }
      circle.c2, span.c2 { fill: var(--c2); color: var(--c2); }
      circle.c3, span.c3 { fill: var(--c3); color: var(--c3); }
      circle.c4, span.c4 { fill: var(--c4); color: var(--c4); }
      circle.c5, span.c5 { fill: var(--c5); color: var(--c5); }
      circle.c6, span.c6 { fill: var(--c6); color: var(--c6); }
      circle.c7, span.c7 { fill: var(--c7); color: var(--c7); }
      details { margin: .5rem 0; } summary { cursor: pointer; }
      @media (max-width: 42rem) {
        table, tbody { display: block; } thead { display: none; }
        tr { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); background: var(--card);
          border-radius: .4rem; margin: .5rem 0; padding: .4rem .3rem; }
        td { border: 0; padding: .1rem .4rem; } td.number { text-align: left; white-space: normal; }
        td[data-label]::before { content: attr(data-label) " "; color: var(--soft); }
        td:first-child { grid-column: 1 / -1; font-weight: 600; }
        td.whole { grid-column: 1 / -1; }
        .bar { grid-template-columns: 1fr auto; gap: 0 .6rem; margin-bottom: .35rem; }
        .bar svg { grid-column: 1 / -1; grid-row: 2; height: .7rem; }
      }
      """;

  private final Report report;
  private final StringBuilder html = new StringBuilder();

  private Html(Report report) {
    this.report = report;
  }

  static String page(Report report) {
    Html page = new Html(report);
    page.head();
    page.headline();
    page.suites();
    page.method();
    page.samples();
    page.html.append("</main>\n</body>\n</html>\n");
    return page.html.toString();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  @FormatMethod
  private void line(String template, Object... parts) {
    html.append(String.format(Locale.ROOT, template, parts)).append('\n');
  }

  private void head() {
    String title = "Heddle beside its peers, " + report.date().substring(0, 10);
    html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<link rel=\"icon\" href=\"data:,\">\n"); // else a browser asks for one
    line("<title>%s</title>", escape(title));
    html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
    line("<h1>%s</h1>", escape(title));
    line("<p class=\"soft\">%s</p>", escape(report.machine().summary()));
    line(
        "<p class=\"soft\">%s run, %d round%s, begun %s.</p>",
        escape(report.mode()),
        report.rounds(),
        report.rounds() == 1 ? "" : "s",
        escape(report.date()));
    html.append("<nav>");
    bySuite().keySet().forEach(suite -> html.append(link(suite)));
    html.append("</nav>\n");
  }

  private static String link(String suite) {
    return "<a href=\"#%s\">%s</a> ".formatted(escape(suite), escape(suite));
  }

  private void headline() {
    html.append("<h2>Targets</h2>\n");
    if (report.headline().isEmpty()) {
      html.append("<p>Nothing that was measured has a target.</p>\n");
    } else {
      long met = report.headline().stream().filter(row -> row.met().equals("yes")).count();
      line("<p>%d of %d are met. Ratios are ours over the peer's.</p>", met, rows());
      html.append("<table>\n<thead><tr><th>name<th>ours<th>peer<th>ratio<th>target<th>met");
      html.append("</tr></thead>\n<tbody>\n");
      report.headline().forEach(this::row);
      html.append("</tbody>\n</table>\n");
    }
    list("Where a peer is ahead of the best of ours", report.peersAhead());
    list("Not measured", report.skipped());
  }

  private int rows() {
    return report.headline().size();
  }

  private void row(Row row) {
    String interval =
        row.ratio() == 0
            ? ""
            : String.format(
                Locale.ROOT, " title=\"95 %% interval %.2f to %.2f\"", row.low(), row.high());
    line(
        "<tr><td>%s</td><td class=\"whole\" data-label=\"ours:\">%s</td><td class=\"whole\""
            + " data-label=\"peer:\">%s</td><td class=\"number\" data-label=\"ratio\"%s>%s</td><td"
            + " class=\"number\" data-label=\"target\">%s</td><td class=\"met %s\">%s%s</td></tr>",
        escape(row.name()),
        whole(row.ours()),
        whole(row.peer()),
        interval,
        row.shownRatio(),
        escape(row.target()),
        row.met().equals("yes") ? "yes" : "no",
        row.met().equals("yes") ? "met" : "not met",
        row.peerWins() ? "<br><span class=\"wins\">peer wins</span>" : "");
  }

  /** The figure at the end keeps its unit. */
  private static String whole(String text) {
    return escape(text).replaceAll("(?<=[0-9]) (?=[A-Za-z/]+$)", "&nbsp;");
  }

  private void list(String title, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    line("<h3>%s</h3>\n<ul>", escape(title));
    lines.forEach(text -> line("<li>%s</li>", escape(text)));
    html.append("</ul>\n");
  }

  private Map<String, List<Measured>> bySuite() {
    return grouped(report.measured(), true);
  }

  private static Map<String, List<Measured>> grouped(List<Measured> all, boolean bySuite) {
    Map<String, List<Measured>> groups = new LinkedHashMap<>();
    for (Measured each : all) {
      String key = bySuite ? each.figure().suite() : each.figure().name();
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(each);
    }
    return groups;
  }

  private void suites() {
    bySuite()
        .forEach(
            (suite, all) -> {
              line("<section id=\"%s\">\n<h2>%s</h2>", escape(suite), escape(suite));
              curves(all);
              grouped(all, false).values().forEach(this::figure);
              html.append("</section>\n");
            });
  }

  private void curves(List<Measured> all) {
    Map<String, List<Measured>> curves = new LinkedHashMap<>();
    for (Measured each : all) {
      if (!each.figure().curve().isEmpty()) {
        curves.computeIfAbsent(each.figure().curve(), _ -> new ArrayList<>()).add(each);
      }
    }
    curves.forEach(
        (name, points) -> {
          line("<h3>%s</h3>", escape(name));
          html.append(Curve.html(points));
        });
  }

  private void figure(List<Measured> contenders) {
    Figure figure = contenders.getFirst().figure();
    line("<h3>%s</h3>", escape(figure.name()));
    line("<p class=\"soft\">%s</p>", escape(figure.operation()));
    html.append(Bars.html(contenders));
  }

  private void method() {
    html.append("<section id=\"method\">\n<h2>Method</h2>\n");
    html.append(
        """
        <p>Every measurement is a process of its own: a fork of JMH, a server with its core and a
        load generator with another, or a program that measures itself once. In each round everything
        is measured once, every second round backwards, so that a machine that becomes slower does so
        for all. Figures are medians of all samples, the dark line over a bar goes from the lower to
        the upper quartile. Ratios are of medians of this run; absolute times of two runs cannot be
        compared. Each benchmark checks that its work was done, and the echo client compares every
        reply byte by byte. A hand-written loop is no peer but the lower bound.</p>
        """);
    html.append("<p>Versions: ");
    report
        .versions()
        .forEach((name, version) -> html.append(escape(name + " " + version)).append("; "));
    line("flags: %s.</p>", escape(String.join(" ", report.machine().flags())));
    line("<p>Load average before the run: %.2f.</p>\n</section>", report.machine().loadAverage());
  }

  private void samples() {
    html.append("<details>\n<summary>All figures, with their spread</summary>\n<table>\n<thead>");
    html.append("<tr><th>figure<th>who<th>median<th>quartiles<th>MAD<th>samples</tr></thead>\n");
    html.append("<tbody>\n");
    for (Measured each : report.measured()) {
      Unit unit = each.figure().unit();
      line(
          "<tr><td>%s</td><td class=\"whole\">%s</td>"
              + "<td class=\"number\" data-label=\"median\">%s</td>"
              + "<td class=\"number\" data-label=\"quartiles\">%s, %s</td>"
              + "<td class=\"number\" data-label=\"MAD\">%s</td>"
              + "<td class=\"number\" data-label=\"samples\">%d</td></tr>",
          escape(each.figure().name()),
          escape(each.contender()),
          unit.show(each.median()),
          unit.show(each.lowQuartile()),
          unit.show(each.highQuartile()),
          unit.show(each.deviation()),
          each.rounds().stream().mapToInt(round -> round.length).sum());
    }
    html.append("</tbody>\n</table>\n</details>\n");
  }
}
