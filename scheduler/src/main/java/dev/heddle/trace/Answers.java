package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What {@link RunningSchedulers#answer} says, made in the program that is asked, by a thread
 * outside of its schedulers. What a program has named is printed without control characters.
 */
final class Answers {
  private static final String NOBODY_RUNS = "no scheduler runs";

  /** How far apart two looks at who has the turn are. */
  private static final long LOOK_NANOS = 500_000;

  private static final int MOST_MILLIS = 60_000;
  private static final int MOST_ROWS = 20;

  private Answers() {}

  static String to(String question, List<Scheduler> schedulers) {
    return switch (question) {
      case "ps" -> each(schedulers, Answers::ps);
      case "tree" -> each(schedulers, Answers::tree);
      case "dump" -> each(schedulers, dump -> printable(dump.toString()));
      case "json" -> json(schedulers);
      case "mxbean" -> mxBeans(schedulers);
      default ->
          question.startsWith("trace ")
              ? trace(millis(question), schedulers)
              : top(millis(question), schedulers);
    };
  }

  private static int millis(String question) {
    if (question.matches("(top|trace) \\d{1,5}")) {
      int millis = Integer.parseInt(question.substring(question.indexOf(' ') + 1));
      if (millis >= 1 && millis <= MOST_MILLIS) {
        return millis;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + printable(question)
            + "': must be ps, tree, dump, json, mxbean, or top or trace and 1 to "
            + MOST_MILLIS
            + " ms");
  }

  private interface Words {
    String of(TaskDump dump);
  }

  private static String each(List<Scheduler> schedulers, Words words) {
    return schedulers.isEmpty()
        ? NOBODY_RUNS
        : schedulers.stream()
            .map(each -> words.of(TaskDump.of(each)))
            .collect(Collectors.joining("\n\n"));
  }

  private static String json(List<Scheduler> schedulers) {
    return schedulers.stream()
        .map(each -> JsonDump.of(TaskDump.of(each)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String mxBeans(List<Scheduler> schedulers) {
    try {
      List<String> names = Watchdog.registerBeans(schedulers);
      return names.isEmpty() ? NOBODY_RUNS : String.join("\n", names);
    } catch (LinkageError withoutModule) {
      throw new IllegalStateException("the program has no module java.management", withoutModule);
    }
  }

  private static String trace(int millis, List<Scheduler> schedulers) {
    List<Timeline> timelines = schedulers.stream().map(Timeline::start).toList();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    timelines.forEach(Timeline::stop);
    return TimelineJson.of(timelines);
  }

  // A line for each task.

  private static String ps(TaskDump dump) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STATE", "ENGINE", "NAME", "FOR", "AT"));
    dump.forEach(place -> rows.add(row(place.entry())));
    return head(dump) + "\n" + table(rows);
  }

  private static List<String> row(TaskDump.Entry task) {
    TaskWait wait = task.waiting();
    return List.of(
        "" + task.id(),
        state(task),
        task.engine(),
        printable(task.name()),
        wait == null ? "-" : printable(wait.what()),
        task.at().isEmpty() ? "-" : place(task.at().getFirst()));
  }

  private static String state(TaskDump.Entry task) {
    TaskWait wait = task.waiting();
    return wait == null
        ? task.state().name().toLowerCase(Locale.ROOT)
        : "waits " + Durations.inWords(wait.waited());
  }

  /** Class, method and line, without the package. */
  private static String place(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.substring(name.lastIndexOf('.') + 1)
        + "."
        + frame.getMethodName()
        + (frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber());
  }

  private static String head(TaskDump dump) {
    String head =
        "scheduler '"
            + printable(dump.scheduler())
            + "', "
            + dump.taskCount()
            + (dump.taskCount() == 1 ? " task" : " tasks");
    return dump.caution() == null ? head : head + "\nseen from outside: " + dump.caution();
  }

  // The same as a tree.

  private static String tree(TaskDump dump) {
    StringBuilder text = new StringBuilder(head(dump));
    dump.forEach(
        place -> {
          TaskDump.Entry task = place.entry();
          TaskWait wait = task.waiting();
          text.append('\n').append("  ".repeat(Math.min(place.level(), 40))).append("+- ");
          text.append('#').append(task.id()).append(" '").append(printable(task.name()));
          text.append("' ").append(state(task));
          text.append(wait == null ? "" : " for " + printable(wait.what()));
          text.append(task.at().isEmpty() ? "" : " at " + place(task.at().getFirst()));
        });
    return text.toString();
  }

  // Who has the turn.

  private static String top(int millis, List<Scheduler> schedulers) {
    KernelView view = KernelView.get();
    Map<Scheduler, Map<String, Integer>> seen = new HashMap<>();
    Map<Scheduler, Long> rounds = new HashMap<>();
    schedulers.forEach(each -> rounds.put(each, view.rounds(each)));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    int looks = 0;
    for (; looks == 0 || System.nanoTime() - end < 0; looks++) {
      for (Scheduler each : schedulers) {
        seen.computeIfAbsent(each, _ -> new HashMap<>()).merge(holder(view, each), 1, Integer::sum);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    int all = looks;
    return schedulers.isEmpty()
        ? NOBODY_RUNS
        : schedulers.stream()
            .map(each -> shares(each, view.ready(each), seen.getOrDefault(each, Map.of()), all))
            .collect(Collectors.joining("\n\n"));
  }

  private static String holder(KernelView view, Scheduler scheduler) {
    if (view.rounds(scheduler) < 0) {
      return "(sleeps)";
    }
    Task<?> task = view.running(scheduler);
    return task == null ? "(the loop)" : task.name();
  }

  private static String shares(
      Scheduler scheduler, int ready, Map<String, Integer> seen, int looks) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SHARE", "HAS THE TURN"));
    seen.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_ROWS)
        .forEach(
            each ->
                rows.add(
                    List.of(
                        String.format(Locale.ROOT, "%.1f %%", 100.0 * each.getValue() / looks),
                        printable(each.getKey()))));
    return "scheduler '"
        + printable(scheduler.name())
        + "', "
        + ready
        + " ready, "
        + looks
        + " looks\n"
        + table(rows);
  }

  /** Columns as wide as they must be; the last one as it comes. */
  private static String table(List<List<String>> rows) {
    int last = rows.getFirst().size() - 1;
    int[] widths = new int[last];
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        text.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      text.append(row.get(last)).append('\n');
    }
    text.setLength(text.length() - 1);
    return text.toString();
  }

  /** A name may hold what a terminal obeys. */
  private static String printable(String text) {
    return text.codePoints().allMatch(Answers::isPrintable)
        ? text
        : text.codePoints()
            .mapToObj(each -> isPrintable(each) ? Character.toString(each) : "?")
            .collect(Collectors.joining());
  }

  private static boolean isPrintable(int each) {
    return each == '\n' || !Character.isISOControl(each);
  }
}
