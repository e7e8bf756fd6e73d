package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * All tasks that have not ended, for those who must find each of them: close, the deadlock message,
 * dumps. An array in no order, so that a task leaves in constant time and costs one slot.
 */
final class TaskTable {
  private final List<Task<?>> tasks = new ArrayList<>();

  /** Where the search for a wait that can end from outside begins: mostly its last place. */
  private int lastOutside;

  /** How many keep the run going. */
  private int nonDaemons;

  int size() {
    return tasks.size();
  }

  int nonDaemons() {
    return nonDaemons;
  }

  void add(Task<?> task) {
    task.tableIndex = tasks.size();
    tasks.add(task);
    nonDaemons += task.isDaemon() ? 0 : 1;
  }

  /** The last task moves into the place of the one that leaves. */
  void remove(Task<?> task) {
    int hole = task.tableIndex;
    assert tasks.get(hole) == task;
    Task<?> last = tasks.removeLast();
    if (last != task) {
      tasks.set(hole, last);
      last.tableIndex = hole;
    }
    task.tableIndex = -1;
    nonDaemons -= task.isDaemon() ? 0 : 1;
  }

  /** Whether some task waits for what may come from outside. */
  boolean anyAwaitsOutside() {
    for (int n = tasks.size(); n > 0; n--) {
      lastOutside = lastOutside < tasks.size() ? lastOutside : 0;
      YieldEvent<?, ?> event = tasks.get(lastOutside).waitingFor();
      if (event != null && event.isWokenFromOutside()) {
        return true;
      }
      lastOutside++;
    }
    return false;
  }

  /** Whether somebody outside works for some task's wait. Looks at all. */
  boolean anyIsWorkedOutside() {
    for (Task<?> task : tasks) {
      YieldEvent<?, ?> event = task.waitingFor();
      if (event != null && event.isWorkedOutside()) {
        return true;
      }
    }
    return false;
  }

  /**
   * A copy in the order in which the tasks were spawned. Another thread may ask for it while the
   * loop goes on: then a task that comes or goes meanwhile may be in it or not.
   */
  List<Task<?>> toList() {
    List<Task<?>> copy = unordered();
    copy.sort(Comparator.comparingLong(Task::id));
    return copy;
  }

  /** The same in no order, which costs less. */
  List<Task<?>> unordered() {
    List<Task<?>> copy = new ArrayList<>(tasks);
    copy.removeIf(Objects::isNull); // slots that another thread sees too early, or too late
    return copy;
  }
}
