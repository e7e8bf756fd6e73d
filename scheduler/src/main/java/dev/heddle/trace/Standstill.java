package dev.heddle.trace;

import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.Explainer;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * All tasks of a scheduler wait and nothing can wake one of them: sorts the waits and makes the
 * exception. The kernel finds this class by its name; one object explains one standstill.
 */
final class Standstill implements Explainer {
  private final WaitReader reader = new WaitReader();

  /** All waits, in the order in which the tasks were spawned. */
  private final List<TaskWait> waits = new ArrayList<>();

  /** Waits that no known task can end. */
  private final List<TaskWait> deadEnds = new ArrayList<>();

  /** Waits for a task in the cycle, or for one that waits itself. */
  private final List<TaskWait> behind = new ArrayList<>();

  @Override
  public DeadlockException explain(Scheduler scheduler) {
    List<Task<?>> tasks = new ArrayList<>(scheduler.tasks());
    tasks.sort(Comparator.comparing(Task::isDaemon)); // those of pools come last
    List<List<Task<?>>> cycles = new WaitGraph(tasks, reader).cycles();
    List<Task<?>> members = cycles.isEmpty() ? List.of() : cycles.getFirst();
    IdentityHashMap<Task<?>, Integer> places = new IdentityHashMap<>();
    for (int i = 0; i < members.size(); i++) {
      places.put(members.get(i), i);
    }
    TaskWait[] cycle = new TaskWait[members.size()];
    for (Task<?> task : tasks) {
      Integer place = places.get(task);
      if (place == null) {
        addToItsSort(task);
      } else {
        cycle[place] = read(task, place < Explanation.MOST_TASKS);
      }
    }
    assert waits.size() == cycle.length + deadEnds.size() + behind.size();
    List<TaskWait> inCycle = List.of(cycle);
    return KernelView.get().deadlock(message(scheduler.name(), inCycle), inCycle, waits);
  }

  private void addToItsSort(Task<?> task) {
    Resource resource = WaitReader.resource(task);
    boolean isDeadEnd = resource == null || reader.holders(resource).isEmpty();
    List<TaskWait> sort = isDeadEnd ? deadEnds : behind;
    sort.add(read(task, sort.size() < Explanation.MOST_TASKS));
  }

  /** Stacks are walked only for the tasks that the message shows: 10,000 would take a long time. */
  private TaskWait read(Task<?> task, boolean isShown) {
    YieldEvent<?, ?> event = Objects.requireNonNull(task.waitingFor(), "all tasks wait");
    TaskWait wait = reader.read(task, event, isShown ? task.where() : List.of());
    waits.add(wait);
    return wait;
  }

  private String message(String scheduler, List<TaskWait> cycle) {
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
    explanation.waits("Waits that no known task can end:", deadEnds);
    explanation.waits(cycle.isEmpty() ? "Waits for those tasks:" : "Other waits:", behind);
    if (!deadEnds.isEmpty()) {
      explanation.line(
          "(If another thread is to wake one, by Scheduler.execute: let a task await a Promise that"
              + " the thread completes. Then run() waits for the thread.)");
    }
    return explanation.toString();
  }
}
