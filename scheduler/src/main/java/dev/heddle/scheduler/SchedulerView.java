package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.Stamps;
import dev.heddle.coroutine.engine.UserFrames;
import dev.heddle.coroutine.engine.WovenCoroutine;
import dev.heddle.scheduler.Body.ByAwaiter;
import dev.heddle.scheduler.Body.StepCoroutine;
import dev.heddle.scheduler.view.AccessWatch;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.TaskWatch;
import dev.heddle.scheduler.view.TurnOrder;
import dev.heddle.stats.SchedulerStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kernel as {@code dev.heddle.trace} may read it and {@code dev.heddle.test} may steer it, and
 * the lines at which a task stands.
 */
final class SchedulerView extends KernelView {
  @Override
  public boolean isRunning(Scheduler scheduler) {
    return scheduler.inside.carrier != null;
  }

  @Override
  public List<Task<?>> tasks(Scheduler scheduler) {
    return scheduler.tasks.toList();
  }

  @Override
  public List<Task<?>> unordered(Scheduler scheduler) {
    return scheduler.tasks.unordered();
  }

  @Override
  public boolean isClosed(Scheduler scheduler) {
    return scheduler.isClosed();
  }

  @Override
  public List<String> notWoven() {
    return ByAwaiter.KIND.whyNotWoven();
  }

  @Override
  public List<ScopeLine> scopes(Task<?> task, int most) {
    List<ScopeLine> lines = new ArrayList<>();
    CancelScope<?> scope = task.scope;
    while (scope != null && lines.size() < most) {
      String kind = scope.kind.name().toLowerCase(Locale.ROOT);
      String what = scope.group == null ? kind : kind + ", of a group";
      lines.add(new ScopeLine(what, scope.host.name(), scope.remaining(), scope.reason()));
      scope = scope.parent;
    }
    return lines;
  }

  @Override
  public List<StackTraceElement> where(Task<?> task, Class<?>... askers) {
    return StackLines.of(task, askers);
  }

  @Override
  public List<StackTraceElement> whereIfRunning(Task<?> task) {
    Scheduler scheduler = task.scheduler();
    return task == scheduler.running()
        ? StackLines.ofRunning(task, scheduler.inside.carrier)
        : List.of();
  }

  @Override
  public long rounds(Scheduler scheduler) {
    return scheduler.loop.rounds();
  }

  @Override
  public @Nullable Task<?> running(Scheduler scheduler) {
    return scheduler.running();
  }

  @Override
  public int ready(Scheduler scheduler) {
    return scheduler.loop.readyTasks();
  }

  @Override
  public List<String> firstReady(Scheduler scheduler, int most) {
    return scheduler.loop.firstReady(most);
  }

  /** See {@link Scheduler#stats}; any thread. */
  static SchedulerStats stats(Scheduler scheduler) {
    int ready = 0;
    int running = 0;
    int waiting = 0;
    for (Task<?> task : scheduler.tasks.unordered()) {
      switch (task.state()) {
        case READY -> ready++;
        case RUNNING -> running++;
        case WAITING -> waiting++;
        default -> {} // it has ended in this moment
      }
    }
    return new SchedulerStats(
        scheduler.name(),
        scheduler.inside.carrier != null,
        scheduler.loop.counts(),
        new SchedulerStats.Tasks(ready, running, waiting, scheduler.spawned),
        new SchedulerStats.Bodies(ByAwaiter.KIND.woven(), ByAwaiter.KIND.notWoven()),
        scheduler.loop.poller().ioStats());
  }

  @Override
  public List<StackTraceElement> stackNow(Scheduler scheduler, @Nullable Task<?> running) {
    return StackLines.now(running, scheduler.inside.carrier);
  }

  @Override
  public String engine(Task<?> task) {
    return switch (task.coroutine) {
      case null -> "ended";
      case WovenCoroutine<?, ?, ?> _ -> "woven";
      case StepCoroutine<?> _ -> "step";
      default -> task.scheduler().engine.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  @Override
  public long waitingSince(Task<?> task) {
    return task.waitingSince;
  }

  @Override
  public @Nullable String cancelReason(Task<?> task) {
    CancelScope<?> cancelled = task.cancelledBy();
    return cancelled == null ? null : cancelled.reason();
  }

  @Override
  public @Nullable Duration untilDeadline(Task<?> task) {
    return TaskScopes.remaining(task);
  }

  @Override
  public boolean awaitsOutside(Scheduler scheduler) {
    return scheduler.tasks.anyAwaitsOutside();
  }

  @Override
  public boolean isWorkedOutside(Scheduler scheduler) {
    return scheduler.tasks.anyIsWorkedOutside();
  }

  @Override
  public boolean mayEndByTime(YieldEvent<?, ?> event) {
    return event.endsByTime();
  }

  @Override
  public boolean mayEndByItself(YieldEvent<?, ?> event) {
    return event.endsByTime() || event.isWokenFromOutside();
  }

  @Override
  public void watch(Scheduler scheduler, TaskWatch watch) {
    scheduler.loop.watch(watch);
  }

  @Override
  public void unwatch(Scheduler scheduler, TaskWatch watch) {
    scheduler.loop.unwatch(watch);
  }

  @Override
  public void steer(SchedulerBuilder builder, TurnOrder order) {
    builder.order = order;
  }

  @Override
  public void watchAccesses(@Nullable AccessWatch watch) {
    Stamps.listen(watch);
  }

  @Override
  public DeadlockException deadlock(String message, List<TaskWait> cycle, List<TaskWait> waits) {
    return new DeadlockException(message, cycle, waits);
  }

  /** The ready tasks of a loop whose turns somebody else orders. */
  static final class SteeredQueue extends Loop.ReadyQueue implements TurnOrder.ReadyTasks {
    private final Loop loop;
    private final TurnOrder order;

    SteeredQueue(Loop loop, TurnOrder order) {
      this.loop = loop;
      this.order = order;
    }

    @Override
    public long nanosUntilDeadline() {
      return loop.deadlines().nanosUntilNext(loop.lookNanos());
    }

    @Override
    Task<?> next() {
      loop.betweenTurns();
      int place = order.next(this);
      while (place == TurnOrder.LOOK) {
        loop.look();
        place = order.next(this);
      }
      if (place < 0 || place >= size()) {
        throw new IllegalStateException(
            "the order of turns has chosen place " + place + " of " + size() + " ready tasks");
      }
      bringForward(place);
      return take();
    }
  }

  /**
   * The lines of source at which a task stands, as its user knows them.
   *
   * <p>The lines of a body that runs are on the stack of the current thread. A body that waits on a
   * stack of its own has a thread, whose stack shows them. A woven body has no stack but knows its
   * lines. A step has neither, and its class is named instead. The frames of the kernel and of the
   * JDK, which are above and below those of the user, are left out.
   *
   * <p>To walk a stack costs microseconds: this is for messages and dumps, not for turns.
   */
  static final class StackLines {
    private static final int MOST_FRAMES = 16;
    private static final String TASK_STATE = TaskState.class.getName();
    private static final String LOOP = Loop.class.getName();

    private StackLines() {}

    /**
     * To be called inside of the scheduler. Innermost first; empty before the first turn.
     *
     * @param askers classes whose methods, and those of their superclasses, are not the user's: the
     *     primitive that the task uses, the tool that looks
     */
    static List<StackTraceElement> of(Task<?> task, Class<?>... askers) {
      Coroutine<?, ?, ?> body = task.coroutine;
      if (body == null) {
        return List.of();
      }
      return switch (body.state()) {
        case CREATED, ENDED -> List.of();
        case RUNNING -> users(Thread.currentThread(), askers);
        case SUSPENDED ->
            body instanceof StepCoroutine<?> step
                ? List.of(new StackTraceElement(step.stepClass().getName(), "step", null, -1))
                : suspended(body);
      };
    }

    /** A message without lines is better than none. */
    private static List<StackTraceElement> suspended(Coroutine<?, ?, ?> body) {
      try {
        return most(body.suspendedAt());
      } catch (RuntimeException | LinkageError unknown) {
        return List.of();
      }
    }

    /**
     * To be called from outside, about the task that has the turn: reads the stack of its thread,
     * or of the loop's.
     */
    static List<StackTraceElement> ofRunning(Task<?> task, @Nullable Thread carrier) {
      StackfulCoroutine<?, ?, ?> stack = task.stack();
      Thread thread = stack == null ? carrier : stack.thread();
      return thread == null ? List.of() : users(thread);
    }

    /**
     * All that runs above the loop; see {@link KernelView#stackNow}. Nobody outside knows for sure
     * whether a virtual thread is mounted. If it is not, the JDK stops it to walk its stack; the
     * engines stand that.
     */
    static List<StackTraceElement> now(@Nullable Task<?> task, @Nullable Thread carrier) {
      StackfulCoroutine<?, ?, ?> stack = task == null ? null : task.stack();
      Thread thread = carrier;
      if (stack != null) {
        Thread own = stack.thread();
        thread = own.getState() == Thread.State.RUNNABLE ? own : carrier;
      }
      return thread == null ? List.of() : UserFrames.aboveLoop(thread.getStackTrace());
    }

    private static List<StackTraceElement> users(Thread thread, Class<?>... askers) {
      StackTraceElement[] stack = thread.getStackTrace();
      StackTraceElement[] body = Arrays.copyOfRange(stack, awaiting(stack), stack.length);
      return most(UserFrames.nearest(body, name -> isOf(name, askers)));
    }

    private static List<StackTraceElement> most(List<StackTraceElement> frames) {
      return frames.size() <= MOST_FRAMES ? frames : List.copyOf(frames.subList(0, MOST_FRAMES));
    }

    /** The index of the await, if the body is in one: above it are the event's frames. Else 0. */
    private static int awaiting(StackTraceElement[] stack) {
      for (int i = 0; i < stack.length && !stack[i].getClassName().equals(LOOP); i++) {
        if (stack[i].getMethodName().equals("awaitOnStack")
            && stack[i].getClassName().equals(TASK_STATE)) {
          return i;
        }
      }
      return 0;
    }

    private static boolean isOf(String className, Class<?>... askers) {
      for (Class<?> asker : askers) {
        for (Class<?> type = asker; type != null; type = type.getSuperclass()) {
          if (className.equals(type.getName())) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
