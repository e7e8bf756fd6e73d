package dev.heddle.trace;

import dev.heddle.coroutine.Frames;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a dump, inside or outside of the scheduler.
 *
 * <p>Inside, nothing moves while it looks. Outside, the loop is in a turn that does not end, or may
 * go on at any moment. Then it reads plain fields that the loop may be writing. So what it sees may
 * be a little old, and a {@code describe()} that meets a half-made change may throw, which is told
 * in place of the words. It never changes anything. Of stacks it walks that of the running task
 * only: to walk the stack of a parked virtual thread stops that thread for a moment, and there may
 * be many.
 */
final class DumpMaker {
  private final WaitReader reader = new WaitReader();
  private final KernelView view = KernelView.get();
  private final Scheduler scheduler;
  private final IdentityHashMap<Task<?>, List<Task<?>>> owned = new IdentityHashMap<>();

  /** Null inside. */
  private final @Nullable String caution;

  /** Whether the values of variables are asked for. */
  private final boolean withValues;

  private DumpMaker(Scheduler scheduler, @Nullable String caution, boolean withValues) {
    this.scheduler = scheduler;
    this.caution = caution;
    this.withValues = withValues;
  }

  /** Makes it inside if that is possible, waiting this long for the loop. */
  static TaskDump dump(Scheduler scheduler, Duration patience, boolean withValues) {
    if (scheduler.isInside()) {
      return inside(scheduler, withValues);
    }
    if (!KernelView.get().isRunning(scheduler)) {
      return outside(scheduler, "the scheduler did not run");
    }
    CompletableFuture<TaskDump> answer = new CompletableFuture<>();
    if (!scheduler.runInside(() -> answer(answer, scheduler, withValues))) {
      return outside(scheduler, "the scheduler has ended");
    }
    try {
      return answer.get(Timers.saturatedNanos(patience), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return outside(scheduler, "the loop did not answer within " + Durations.inWords(patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return outside(scheduler, "the thread that asked was interrupted");
    } catch (ExecutionException e) {
      throw new AssertionError("a dump failed", e.getCause());
    }
  }

  /** The loop must not see what a dump throws. */
  private static void answer(
      CompletableFuture<TaskDump> answer, Scheduler scheduler, boolean withValues) {
    try {
      answer.complete(inside(scheduler, withValues));
    } catch (Throwable thrown) {
      answer.completeExceptionally(thrown);
    }
  }

  private static TaskDump inside(Scheduler scheduler, boolean withValues) {
    return new DumpMaker(scheduler, null, withValues).make();
  }

  /** From outside at once, and why. */
  static TaskDump outside(Scheduler scheduler, String why) {
    return new DumpMaker(scheduler, why, false).make();
  }

  private TaskDump make() {
    List<Task<?>> tasks = view.tasks(scheduler);
    List<Task<?>> roots = new ArrayList<>();
    for (Task<?> task : tasks) {
      Task<?> owner = ownerOf(task);
      if (owner == null || owner.isDone()) {
        roots.add(task);
      } else {
        owned.computeIfAbsent(owner, _ -> new ArrayList<>()).add(task);
      }
    }
    TaskDump dump = new TaskDump(scheduler.name(), caution, tasks.size(), entries(roots));
    assert caution != null || isWhole(dump) : "each task stands in the tree once";
    return dump;
  }

  private static boolean isWhole(TaskDump dump) {
    int[] count = {0};
    dump.forEach(place -> count[0]++);
    return count[0] == dump.taskCount();
  }

  /** The task whose group it belongs to. */
  private static @Nullable Task<?> ownerOf(Task<?> task) {
    TaskGroup<?> group = task.group();
    return group == null ? null : group.owner();
  }

  /** The tasks, with all that stand below them. No recursion: groups nest in any depth. */
  private List<TaskDump.Entry> entries(List<Task<?>> roots) {
    List<TaskDump.Entry> top = new ArrayList<>();
    Deque<Level> left = new ArrayDeque<>();
    left.push(new Level(roots, top));
    while (!left.isEmpty()) {
      Level level = left.pop();
      for (Task<?> task : level.tasks) {
        List<Task<?>> below = owned.remove(task);
        List<TaskDump.Entry> made = below == null ? List.of() : new ArrayList<>();
        level.made.add(entry(task, Collections.unmodifiableList(made)));
        if (below != null) {
          left.push(new Level(below, made));
        }
      }
    }
    return Collections.unmodifiableList(top);
  }

  /** What one task owns, and where the entries of these go. */
  private record Level(List<Task<?>> tasks, List<TaskDump.Entry> made) {}

  private List<StackTraceElement> at(Task<?> task) {
    return caution == null
        ? view.where(task, DumpMaker.class, TaskDump.class)
        : view.whereIfRunning(task);
  }

  private TaskDump.Entry entry(Task<?> task, List<TaskDump.Entry> below) {
    YieldEvent<?, ?> event = task.waitingFor();
    List<StackTraceElement> at = at(task);
    return new TaskDump.Entry(
        task.id(),
        task.name(),
        task.isDaemon(),
        task.state(),
        view.engine(task),
        event == null ? null : reader.read(task, event, at),
        view.cancelReason(task),
        view.untilDeadline(task),
        task.holdings(),
        at,
        withValues ? values(task) : List.of(),
        below);
  }

  private static List<Map<String, String>> values(Task<?> task) {
    List<Map<String, String>> all = new ArrayList<>();
    for (Frames.Frame frame : task.frames()) {
      Map<String, String> texts = new LinkedHashMap<>();
      frame.values().forEach((name, value) -> texts.put(name, text(value)));
      all.add(texts);
    }
    return all;
  }

  /** The value's own words, or why there are none. */
  private static String text(@Nullable Object value) {
    try {
      return String.valueOf(value);
    } catch (RuntimeException | Error broken) {
      return "(" + broken.getClass().getName() + " in toString())";
    }
  }
}
