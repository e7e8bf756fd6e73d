package dev.heddle.bench.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two reports: what became better or worse by more than noise. The interval of the ratio of two
 * medians is drawn from the samples; where it holds one, nothing is said to have changed.
 */
public final class Comparison {
  private static final int FEW_ROUNDS = 3;
  private static final String FORMAT = "%-10s %-42s %-22s %14s %14s %6s  %s%n";

  private final Report before;
  private final Report after;

  /** Of the second beside the first. */
  public Comparison(Report before, Report after) {
    this.before = before;
    this.after = after;
  }

  /** One contender in both. */
  private record Change(
      Measured before, Measured after, double ratio, Bootstrap.Interval interval) {
    boolean isNoise() {
      return interval.containsOne();
    }

    String verdict() {
      if (isNoise()) {
        return "the same";
      }
      return after.isBetterThan(before) ? "better" : "worse";
    }
  }

  /** Prints it. */
  public void print(PrintWriter out) {
    Map<String, Measured> old = byName(before);
    Map<String, Measured> now = byName(after);
    List<Change> changes = new ArrayList<>();
    now.forEach(
        (name, measured) -> {
          Measured earlier = old.get(name);
          if (earlier != null && earlier.figure().unit() == measured.figure().unit()) {
            changes.add(change(earlier, measured));
          }
        });
    differences().forEach(out::println);
    List<Change> real = changes.stream().filter(change -> !change.isNoise()).toList();
    out.printf(
        "%d figures in both; %d changed beyond noise (95 %% interval of the ratio of medians)%n",
        changes.size(), real.size());
    if (!real.isEmpty()) {
      out.printf(FORMAT, "", "figure", "who", "before", "after", "ratio", "interval");
      real.forEach(change -> print(change, out));
    }
    only(old, now, "before", out);
    only(now, old, "after", out);
  }

  private static Map<String, Measured> byName(Report report) {
    Map<String, Measured> all = new LinkedHashMap<>();
    report
        .measured()
        .forEach(each -> all.put(each.figure().name() + ", " + each.contender(), each));
    return all;
  }

  private static Change change(Measured earlier, Measured later) {
    double ratio = earlier.median() == 0 ? 1 : later.median() / earlier.median();
    return new Change(earlier, later, ratio, Bootstrap.ratio(later.rounds(), earlier.rounds()));
  }

  private static void print(Change change, PrintWriter out) {
    out.printf(
        FORMAT,
        change.verdict(),
        change.after().figure().name(),
        change.after().contender(),
        change.before().shown(),
        change.after().shown(),
        String.format(Locale.ROOT, "%.2f", change.ratio()),
        String.format(
            Locale.ROOT, "%.2f to %.2f", change.interval().low(), change.interval().high()));
  }

  /** What makes the two reports hard to compare. */
  private List<String> differences() {
    List<String> lines = new ArrayList<>();
    differs(lines, "machine", before.machine().summary(), after.machine().summary());
    differs(lines, "mode", before.mode(), after.mode());
    if (Math.min(before.rounds(), after.rounds()) < FEW_ROUNDS) {
      lines.add(
          "Fewer than %d rounds: the intervals know little of how one JVM differs from the next."
              .formatted(FEW_ROUNDS));
    }
    return lines;
  }

  private static void differs(List<String> lines, String what, String before, String after) {
    if (!before.equals(after)) {
      lines.add("Another %s: before %s; after %s.".formatted(what, before, after));
    }
  }

  private static void only(
      Map<String, Measured> in, Map<String, Measured> notIn, String where, PrintWriter out) {
    List<String> names = in.keySet().stream().filter(name -> !notIn.containsKey(name)).toList();
    if (!names.isEmpty()) {
      out.printf("Only %s: %s%n", where, String.join("; ", names));
    }
  }
}
