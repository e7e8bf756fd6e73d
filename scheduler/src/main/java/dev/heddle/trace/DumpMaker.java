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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
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
 *
 * <p>Many tasks are no matter of one turn of the loop: a look at 100,000 takes seconds, and nobody
 * else would run. Then the dump is made outside, and the loop is asked for the lines of some tasks
 * at a time, between which it serves its tasks.
 */
final class DumpMaker {
  /** Of more tasks the loop tells not all in one go. */
  private static final int MOST_AT_ONCE = 1_000;

  /** For how many tasks the loop looks at a time if there are more. */
  private static final int SLICE = 32;

  /** Of how many tasks the lines are told if there are more. */
  private static final int MOST_LINES = 10_000;

  /** After this time no more lines are asked for. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final WaitReader reader = new WaitReader();
  private final KernelView view = KernelView.get();
  private final Scheduler scheduler;
  private final IdentityHashMap<Task<?>, List<Task<?>>> owned = new IdentityHashMap<>();

  /** Null inside. */
  private final @Nullable String caution;

  /** Whether the values of variables are asked for. */
  private final boolean withValues;

  /** Outside, what the loop has told of tasks. */
  private final IdentityHashMap<Task<?>, Told> told;

  /**
   * Where a task stood in its wait, as the loop told it.
   *
   * @param event what it waited for
   * @param since since when
   */
  private record Told(
      YieldEvent<?, ?> event,
      long since,
      List<StackTraceElement> at,
      List<Map<String, String>> values) {}

  private DumpMaker(
      Scheduler scheduler,
      @Nullable String caution,
      boolean withValues,
      IdentityHashMap<Task<?>, Told> told) {
    this.scheduler = scheduler;
    this.caution = caution;
    this.withValues = withValues;
    this.told = told;
  }

  /** Makes it inside if that is possible, waiting this long for the loop. */
  static TaskDump dump(Scheduler scheduler, Duration patience, boolean withValues) {
    if (scheduler.isInside()) {
      return inside(scheduler, withValues);
    }
    if (!KernelView.get().isRunning(scheduler)) {
      return outside(scheduler, "the scheduler did not run");
    }
    List<Task<?>> tasks = KernelView.get().tasks(scheduler);
    try {
      return tasks.size() > MOST_AT_ONCE
          ? inSlices(scheduler, tasks, patience, withValues)
          : ask(scheduler, patience, () -> inside(scheduler, withValues));
    } catch (TimeoutException e) {
      return outside(scheduler, "the loop did not answer within " + Durations.inWords(patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return outside(scheduler, "the thread that asked was interrupted");
    } catch (RejectedExecutionException e) {
      return outside(scheduler, "the scheduler has ended");
    }
  }

  /**
   * What the loop answers.
   *
   * @throws RejectedExecutionException if the scheduler has ended
   */
  private static <A> A ask(Scheduler scheduler, Duration patience, Supplier<A> question)
      throws TimeoutException, InterruptedException {
    CompletableFuture<A> answer = new CompletableFuture<>();
    if (!scheduler.runInside(() -> answer(answer, question))) {
      throw new RejectedExecutionException("the scheduler has ended");
    }
    try {
      return answer.get(Timers.saturatedNanos(patience), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("a dump failed", e.getCause());
    }
  }

  /** The loop must not see what a dump throws. */
  private static <A> void answer(CompletableFuture<A> answer, Supplier<A> question) {
    try {
      answer.complete(question.get());
    } catch (Throwable thrown) {
      answer.completeExceptionally(thrown);
    }
  }

  private static TaskDump inside(Scheduler scheduler, boolean withValues) {
    return new DumpMaker(scheduler, null, withValues, new IdentityHashMap<>()).make();
  }

  /** From outside at once, and why. */
  private static TaskDump outside(Scheduler scheduler, String why) {
    return new DumpMaker(scheduler, why, false, new IdentityHashMap<>()).make();
  }

  /** From outside, with lines that the loop tells of some tasks at a time. */
  private static TaskDump inSlices(
      Scheduler scheduler, List<Task<?>> tasks, Duration patience, boolean withValues)
      throws TimeoutException, InterruptedException {
    IdentityHashMap<Task<?>, Told> told = new IdentityHashMap<>();
    long begun = System.nanoTime();
    int most = Math.min(tasks.size(), MOST_LINES);
    int done = 0;
    while (done < most && System.nanoTime() - begun < MOST_NANOS) {
      List<Task<?>> some = tasks.subList(done, Math.min(most, done + SLICE));
      told.putAll(ask(scheduler, patience, () -> told(scheduler, some, withValues)));
      done += some.size();
    }
    String many = "of " + tasks.size() + " tasks the loop tells some at a time";
    String why = done == tasks.size() ? many : many + ", and lines of the first " + done + " only";
    return new DumpMaker(scheduler, why, withValues, told).make();
  }

  /** Inside. A task that has moved to another loop meanwhile is for that one to tell of. */
  private static IdentityHashMap<Task<?>, Told> told(
      Scheduler scheduler, List<Task<?>> tasks, boolean withValues) {
    KernelView view = KernelView.get();
    IdentityHashMap<Task<?>, Told> told = new IdentityHashMap<>();
    for (Task<?> task : tasks) {
      YieldEvent<?, ?> event = task.waitingFor();
      if (event != null && task.scheduler() == scheduler) {
        List<Map<String, String>> values = withValues ? values(task) : List.of();
        told.put(task, new Told(event, view.waitingSince(task), view.where(task), values));
      }
    }
    return told;
  }

  /** Null if the task has gone on since, or nothing was told. */
  private @Nullable Told told(Task<?> task) {
    Told one = told.get(task);
    boolean waitsStill =
        one != null && one.event == task.waitingFor() && one.since == view.waitingSince(task);
    return waitsStill ? one : null;
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
    if (caution == null) {
      return view.where(task, DumpMaker.class, TaskDump.class);
    }
    Told one = told(task);
    return one == null ? view.whereIfRunning(task) : one.at;
  }

  private List<Map<String, String>> valuesOf(Task<?> task) {
    if (caution == null) {
      return withValues ? values(task) : List.of();
    }
    Told one = told(task);
    return one == null ? List.of() : one.values;
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
        valuesOf(task),
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
