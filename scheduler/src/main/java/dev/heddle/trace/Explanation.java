package dev.heddle.trace;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.TaskWait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The text of a deadlock: each task, what it waits for, which task holds that, since when and
 * where; and for locks the order of acquisition that would have avoided the deadlock. However many
 * tasks there are, it shows {@link #MOST_TASKS} of each sort.
 */
final class Explanation {
  static final int MOST_TASKS = 20;
  private static final int MOST_FRAMES = 4;

  private final StringBuilder text = new StringBuilder();

  /** Whether it shows a held resource without the lines at which that was acquired. */
  private boolean placesMissing;

  @Override
  public String toString() {
    return text.toString();
  }

  @CanIgnoreReturnValue
  Explanation line(String line) {
    text.append(text.isEmpty() ? "" : "\n").append(line);
    return this;
  }

  /** The waits of a cycle; with each, what its task holds of what the one before it waits for. */
  @CanIgnoreReturnValue
  Explanation cycle(Deadlock deadlock) {
    List<TaskWait> cycle = deadlock.cycle();
    line(heading(cycle.size()));
    boolean across = cycle.stream().map(wait -> wait.task().scheduler()).distinct().count() > 1;
    for (int i = 0; i < Math.min(cycle.size(), MOST_TASKS); i++) {
      TaskWait wait = cycle.get(i);
      TaskWait before = cycle.get(i == 0 ? cycle.size() - 1 : i - 1);
      wait(wait, across ? ", on " + wait.task().scheduler() : "");
      for (HeldResource held : wait.holds()) {
        if (held.resource() == before.resource()) {
          held(held);
        }
      }
    }
    more(cycle.size() - MOST_TASKS);
    order(cycle);
    if (!deadlock.isCertain()) {
      line("(Any task may release a semaphore; if another one will, this is not a deadlock.)");
    }
    return hint();
  }

  private static String heading(int size) {
    return switch (size) {
      case 1 -> "One task waits for what only it could give:";
      case 2 -> "Two tasks wait for each other:";
      default -> "A cycle of " + size + " tasks, each of which waits for what the next one holds:";
    };
  }

  private void wait(TaskWait wait, String where) {
    line("  " + wait + ", for " + Durations.inWords(wait.waited()) + where);
    frames("    at ", wait.at());
  }

  private void held(HeldResource held) {
    boolean isPlaceKnown = !held.acquiredAt().isEmpty();
    line("    holds " + WaitReader.describe(held.resource()) + (isPlaceKnown ? ", acquired" : ""));
    frames("      at ", held.acquiredAt());
    placesMissing |= !isPlaceKnown;
  }

  /** Some waits, under a heading. */
  @CanIgnoreReturnValue
  Explanation waits(String heading, List<TaskWait> waits) {
    if (!waits.isEmpty()) {
      line(heading);
      waits.stream().limit(MOST_TASKS).forEach(wait -> wait(wait, ""));
      more(waits.size() - MOST_TASKS);
    }
    return this;
  }

  private void more(int count) {
    if (count > 0) {
      line(String.format(Locale.ROOT, "  and %,d more", count));
    }
  }

  private void frames(String before, List<StackTraceElement> frames) {
    frames.stream().limit(MOST_FRAMES).forEach(frame -> line(before + frame));
  }

  /** For a cycle of locks: the order of acquisition, and the tasks that did not keep to it. */
  private void order(List<TaskWait> cycle) {
    List<Resource> resources = new ArrayList<>();
    for (TaskWait wait : cycle) {
      Resource resource = wait.resource();
      if (resource == null || resource.order() == Resource.UNORDERED) {
        return;
      }
      resources.add(resource);
    }
    Resource last = resources.getLast();
    int inversions = 0;
    for (int i = 0; i < resources.size() && cycle.size() > 1; i++) {
      Resource wanted = resources.get(i);
      if (last.order() > wanted.order() && ++inversions <= MOST_TASKS) {
        line(
            "This cannot happen if "
                + WaitReader.describe(wanted)
                + " is always acquired before "
                + WaitReader.describe(last)
                + "; task '"
                + cycle.get(i).task().name()
                + "' acquired them the other way round.");
      }
      last = wanted;
    }
    more(inversions - MOST_TASKS);
    resources.sort(Comparator.comparingLong(Resource::order));
    line("Acquire them in this order: " + inOrder(resources));
  }

  private static String inOrder(List<Resource> resources) {
    List<String> names =
        resources.stream().limit(MOST_TASKS).map(WaitReader::describe).distinct().toList();
    return String.join(", ", names) + (resources.size() > MOST_TASKS ? ", ..." : "");
  }

  @CanIgnoreReturnValue
  private Explanation hint() {
    if (placesMissing) {
      line(
          "(To see where each task acquired what it holds, run with java -ea or"
              + " SchedulerBuilder.recordSites(true).)");
    }
    return this;
  }
}
