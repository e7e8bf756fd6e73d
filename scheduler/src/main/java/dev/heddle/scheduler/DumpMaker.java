package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.engine.WovenCoroutine;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes a dump, inside or outside.
 *
 * <p>Inside, nothing moves while it looks. Outside, the loop is in a turn that does not end, or
 * about to go on at any moment: then it reads fields that another thread may write. They are plain
 * ones, so what it sees may be a little old; a list that grows meanwhile it reads as far as it can;
 * and what a describe() throws that meets a half-made change is told in place of the words. It
 * never changes anything, and walks the stack of the running task only: to walk that of a parked
 * virtual thread is to stop it for a moment, which is not a foreign thread's business.
 */
final class DumpMaker {
  private final Scheduler scheduler;
  private final IdentityHashMap<Task<?>, List<Task<?>>> owned = new IdentityHashMap<>();

  /** Null inside. */
  private @Nullable String caution;

  DumpMaker(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  TaskDump inside(List<Task<?>> tasks) {
    return dump(tasks);
  }

  TaskDump outside(TaskTable table, String why) {
    caution = why;
    return dump(table.peek());
  }

  private TaskDump dump(List<Task<?>> tasks) {
    List<Task<?>> roots = new ArrayList<>();
    for (Task<?> task : tasks) {
      Task<?> owner = ownerOf(task);
      if (owner == null || owner.isDone()) {
        roots.add(task);
      } else {
        owned.computeIfAbsent(owner, _ -> new ArrayList<>()).add(task);
      }
    }
    return new TaskDump(scheduler.name(), caution, tasks.size(), entries(roots));
  }

  /** The task whose group it belongs to. */
  private static @Nullable Task<?> ownerOf(Task<?> task) {
    TaskGroup<?> group = task.group();
    return group == null ? null : group.owner();
  }

  private List<TaskDump.Entry> entries(@Nullable List<Task<?>> tasks) {
    return tasks == null ? List.of() : tasks.stream().map(this::entry).toList();
  }

  private TaskDump.Entry entry(Task<?> task) {
    YieldEvent<?, ?> event = task.waitingFor();
    CancelScope<?> cancelled = task.cancelledBy();
    List<StackTraceElement> at = at(task);
    return new TaskDump.Entry(
        task.id(),
        task.name(),
        task.isDaemon(),
        task.state(),
        engine(task),
        event == null ? null : TaskWait.of(task, event, at),
        cancelled == null ? null : cancelled.reason(),
        Cancellation.remaining(task),
        task.holdings(),
        at,
        entries(owned.get(task)));
  }

  private List<StackTraceElement> at(Task<?> task) {
    if (caution == null) {
      return Where.of(task);
    }
    return task == scheduler.running()
        ? Where.ofRunning(task, scheduler.inside.carrier)
        : List.of();
  }

  private String engine(Task<?> task) {
    Coroutine<?, ?, ?> body = task.coroutine;
    return switch (body) {
      case null -> "ended";
      case WovenCoroutine<?, ?, ?> _ -> "woven";
      case StepCoroutine<?> _ -> "step";
      default -> scheduler.engine.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }
}
