package dev.heddle.test;

import java.util.ArrayList;
import java.util.List;

/** A schedule that fails beside first in, first out, as text. */
final class ScheduleComparison {
  private static final int MOST_ROWS = 40;
  private static final int ROWS_BEFORE = 3;
  private static final int WIDTH = 40;

  private final List<ExploredRun.Step> usual;
  private final List<ExploredRun.Step> failing;

  ScheduleComparison(List<ExploredRun.Step> usual, List<ExploredRun.Step> failing) {
    this.usual = usual;
    this.failing = failing;
  }

  /** Each deviation as a condition. */
  String conditions() {
    List<String> conditions = new ArrayList<>();
    for (ExploredRun.Step step : failing) {
      if (step.deviates()) {
        conditions.add(condition(step));
      }
    }
    return conditions.isEmpty()
        ? "fails first in, first out, without any fault"
        : "fails if " + String.join("\n     and ", conditions);
  }

  private static String condition(ExploredRun.Step step) {
    String at = step.at().isEmpty() ? "" : " (" + step.at() + ")";
    return switch (step.deviation()) {
      case FALLS_BEHIND ->
          "at %s %s%s runs before %s, which waits on as long as others can run"
              .formatted(step.what(), step.who(), at, step.usual());
      case BEFORE ->
          "at %s %s%s runs before %s".formatted(step.what(), step.who(), at, step.usual());
      default -> "%s: %s%s".formatted(step.what(), step.who(), at);
    };
  }

  /** Both schedules, a turn a line, from shortly before the first deviation on. */
  String sideBySide() {
    int first = 0;
    while (first < failing.size() && !failing.get(first).deviates()) {
      first++;
    }
    int from = first == failing.size() ? 0 : Math.max(0, first - ROWS_BEFORE);
    int rows = Math.max(usual.size(), failing.size());
    int to = Math.min(rows, from + MOST_ROWS);
    StringBuilder text = new StringBuilder();
    text.append(row("", "first in, first out", ' ', "this schedule"));
    if (from > 0) {
      text.append(row("", "(" + from + " alike)", ' ', ""));
    }
    for (int i = from; i < to; i++) {
      String number = i < failing.size() ? failing.get(i).what() : usual.get(i).what();
      boolean deviates = i < failing.size() && failing.get(i).deviates();
      text.append(row(number, cell(usual, i), deviates ? '>' : ' ', cell(failing, i)));
    }
    if (to < rows) {
      text.append(row("", "(" + (rows - to) + " more)", ' ', ""));
    }
    return text.toString();
  }

  private static String cell(List<ExploredRun.Step> steps, int i) {
    if (i >= steps.size()) {
      return i == steps.size() ? "(end)" : "";
    }
    ExploredRun.Step step = steps.get(i);
    return step.at().isEmpty() ? step.who() : step.who() + "  " + step.at();
  }

  private static String row(String number, String left, char mark, String right) {
    String shown = left.length() > WIDTH ? left.substring(0, WIDTH - 1) + "…" : left;
    return ("  %-14s %-" + WIDTH + "s %c %s").formatted(number, shown, mark, right).stripTrailing()
        + "\n";
  }
}
