package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** All tasks of a scheduler wait and nothing can end it: sorts them, and makes the error. */
final class Standstill {
  private final List<TaskWait> waits = new ArrayList<>();
  private final List<TaskWait> cycle = new ArrayList<>();

  /** Waits that nobody is known to be able to end. */
  private final List<TaskWait> deadEnds = new ArrayList<>();

  /** Waits for somebody in the cycle, or at a dead end. */
  private final List<TaskWait> behind = new ArrayList<>();

  Standstill(List<Task<?>> tasks) {
    List<List<Task<?>>> cycles = new WaitGraph(tasks).cycles();
    List<Task<?>> members = cycles.isEmpty() ? List.of() : cycles.getFirst();
    TaskWait[] inCycle = new TaskWait[members.size()];
    for (Task<?> task : tasks) {
      int place = members.indexOf(task);
      TaskWait wait = sort(task, place);
      waits.add(wait);
      if (place >= 0) {
        inCycle[place] = wait;
      }
    }
    cycle.addAll(List.of(inCycle));
  }

  /** Stacks are looked up for those only who are shown: 10,000 take a long time. */
  private TaskWait sort(Task<?> task, int place) {
    YieldEvent<?, ?> event = Objects.requireNonNull(task.waitingFor(), "all tasks wait");
    Resource resource = TaskWait.resourceOf(event);
    boolean deadEnd = resource == null || resource.holders().isEmpty();
    List<TaskWait> sort = deadEnd ? deadEnds : behind;
    boolean shown =
        place >= 0 ? place < Explanation.MOST_TASKS : sort.size() < Explanation.MOST_TASKS;
    TaskWait wait = TaskWait.of(task, event, shown ? Where.of(task) : List.of());
    if (place < 0) {
      sort.add(wait);
    }
    return wait;
  }

  DeadlockException explain(String scheduler) {
    Explanation explanation = new Explanation();
    int tasks = waits.size();
    explanation.line(
        "scheduler '"
            + scheduler
            + "': "
            + (tasks == 1 ? "1 task waits" : String.format(Locale.ROOT, "%,d tasks wait", tasks))
            + " and nothing can wake "
            + (tasks == 1 ? "it." : "them."));
    if (!cycle.isEmpty()) {
      explanation.cycle(new Deadlock(cycle));
    }
    explanation.waits("A dead end, as no task is known that could end it:", deadEnds);
    explanation.waits(cycle.isEmpty() ? "Others wait for those:" : "Others wait:", behind);
    return new DeadlockException(explanation.toString(), List.copyOf(cycle), List.copyOf(waits));
  }
}
