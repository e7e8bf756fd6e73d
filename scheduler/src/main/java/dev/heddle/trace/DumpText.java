package dev.heddle.trace;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.TaskWait;
import java.util.List;
import java.util.Locale;

/** A dump as text. */
final class DumpText {
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
    dump.tasks().forEach(task -> entry(task, "  "));
    return this;
  }

  private void entry(TaskDump.Entry task, String indent) {
    line(indent, "#" + task.id() + " '" + task.name() + "' " + state(task));
    String inner = indent + "    ";
    if (task.cancelReason() != null) {
      line(inner, "cancelled: " + task.cancelReason());
    }
    if (task.deadlineIn() != null) {
      line(inner, "its deadline is in " + Durations.inWords(task.deadlineIn()));
    }
    for (HeldResource held : task.holds()) {
      line(inner, "holds " + held.resource().describe());
      frames(inner + "  acquired at ", held.acquiredAt());
    }
    for (int i = 0; i < task.at().size(); i++) {
      line(inner + "at ", task.at().get(i).toString());
      if (i < task.values().size()) {
        task.values().get(i).forEach((name, value) -> line(inner + "     ", name + " = " + value));
      }
    }
    task.owned().forEach(owned -> entry(owned, indent + "  "));
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
