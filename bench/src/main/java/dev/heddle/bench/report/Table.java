package dev.heddle.bench.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What is printed at the end. */
final class Table {
  private static final List<String> HEAD =
      List.of("name", "ours", "peer", "ratio", "target", "met");

  private Table() {}

  static void print(Report report, PrintWriter out) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    for (Row row : report.headline()) {
      String met = row.peerWins() ? row.met() + ", peer wins" : row.met();
      lines.add(List.of(row.name(), row.ours(), row.peer(), row.shownRatio(), row.target(), met));
    }
    int[] widths = new int[HEAD.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(line.get(i)).repeat(' ', widths[i] + 2 - line.get(i).length());
      }
      out.println(text.toString().stripTrailing());
    }
    out.println();
    report.peersAhead().forEach(line -> out.println("A peer is ahead: " + line));
    report.skipped().forEach(line -> out.println("Not measured: " + line));
  }
}
