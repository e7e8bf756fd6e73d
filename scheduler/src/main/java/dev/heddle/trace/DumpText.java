package dev.heddle.trace;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.TaskWait;
import java.util.List;
import java.util.Locale;

/** A dump as text. */
final class DumpText {
  /** The level below which a line tells the level, instead of being indented more. */
  private static final int MOST_INDENTED = 20;

  private final StringBuilder text = new StringBuilder();

  DumpText dump(TaskDump dump) {
    text.append("scheduler '").append(dump.scheduler()).append("', ");
    text.append(
        dump.taskCount() == 1
            ? "1 task"
            : String.format(Locale.ROOT, "%,d tasks", dump.taskCount()));
    if (dump.caution() != null) {
      line("", "seen from outside, so perhaps inconsistent: " + dump.caution());
    }
    dump.forEach(this::entry);
    return this;
  }

  private void entry(TaskDump.Place place) {
    TaskDump.Entry task = place.entry();
    String indent = "  ".repeat(1 + Math.min(place.level(), MOST_INDENTED));
    String level = place.level() > MOST_INDENTED ? "(level " + place.level() + ") " : "";
    line(indent, level + "#" + task.id() + " '" + task.name() + "' " + state(task));
    String inner = indent + "    ";
    if (task.cancelReason() != null) {
      line(inner, "cancelled: " + task.cancelReason());
    }
    if (task.deadlineIn() != null) {
      line(inner, "its deadline is in " + Durations.inWords(task.deadlineIn()));
    }
    for (HeldResource held : task.holds()) {
      line(inner, "holds " + WaitReader.describe(held.resource()));
      frames(inner + "  acquired at ", held.acquiredAt());
    }
    for (int i = 0; i < task.at().size(); i++) {
      line(inner + "at ", task.at().get(i).toString());
      if (i < task.values().size()) {
        task.values().get(i).forEach((name, value) -> line(inner + "     ", name + " = " + value));
      }
    }
  }

  private static String state(TaskDump.Entry task) {
    TaskWait wait = task.waiting();
    String state =
        wait == null
            ? task.state().name().toLowerCase(Locale.ROOT)
            : "waits " + Durations.inWords(wait.waited()) + " for " + wait.what();
    return state + ", " + task.engine() + (task.daemon() ? ", daemon" : "");
  }

  private void frames(String before, List<StackTraceElement> frames) {
    frames.forEach(frame -> line(before, frame.toString()));
  }

  private void line(String before, String line) {
    text.append('\n').append(before).append(line);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
