package dev.heddle.scheduler.view;

import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@code dev.heddle.trace} may read of the kernel beyond its public methods, and how {@code
 * dev.heddle.test} steers it; see the package.
 *
 * <p>Each method but {@link #watch}, {@link #unwatch} and {@link #steer} changes nothing, and all
 * others but {@link #where} and {@link #scopes} may be called from any thread. Called from outside
 * of the scheduler, while the loop runs, it reads plain fields that the loop may be writing: the
 * answer may be a little old, and two answers may be of two moments.
 */
public abstract class KernelView {
  /** Written once, while the class {@code Scheduler} is initialized. */
  private static volatile @Nullable KernelView installed;

  /** For the kernel. */
  protected KernelView() {}

  /** The kernel's view. Whoever has a {@link Scheduler} to look at finds one here. */
  public static KernelView get() {
    return Objects.requireNonNull(installed, "no scheduler was made yet");
  }

  /** For the kernel: makes this the view that {@link #get} returns. */
  public final void install() {
    assert installed == null : "the kernel installs one view";
    installed = this;
  }

  /** Whether some thread carries the scheduler's loop now. */
  public abstract boolean isRunning(Scheduler scheduler);

  /**
   * The tasks that have not ended, in the order in which they were spawned: a copy. From outside, a
   * task that comes or goes meanwhile may be in it or not.
   */
  public abstract List<Task<?>> tasks(Scheduler scheduler);

  /** The same in no order, which costs less. */
  public abstract List<Task<?>> unordered(Scheduler scheduler);

  /** Whether the scheduler is closed, or about to be. */
  public abstract boolean isClosed(Scheduler scheduler);

  /** Why bodies in coroutine style got a stack of their own: of the last ones in this JVM. */
  public abstract List<String> notWoven();

  /** A scope around a task, as it is shown. */
  public record ScopeLine(
      String kind, String owner, @Nullable Duration remaining, @Nullable String cancelReason) {}

  /** The scopes around the task, innermost first. To be called inside of the scheduler. */
  public abstract List<ScopeLine> scopes(Task<?> task, int most);

  /**
   * The lines at which the task stands, like {@link Task#where}. To be called inside of the
   * scheduler.
   *
   * @param askers classes that the running task has called for this; their frames are left out
   */
  public abstract List<StackTraceElement> where(Task<?> task, Class<?>... askers);

  /**
   * The lines at which the task stands, like {@link Task#where}, if it has the turn; else none. For
   * callers outside of the scheduler: to walk the stack of a parked virtual thread stops that
   * thread for a moment, which a task that waits need not bear.
   */
  public abstract List<StackTraceElement> whereIfRunning(Task<?> task);

  /**
   * How often the loop has come round; -1 while it sleeps because there is nothing to do. A loop
   * whose number stays the same is in the turn of {@link #running}, or in a hook.
   */
  public abstract long rounds(Scheduler scheduler);

  /** The task that has the turn, null if none has it. */
  public abstract @Nullable Task<?> running(Scheduler scheduler);

  /** Whether some task waits for what another thread, or the JDK, may do. */
  public abstract boolean awaitsOutside(Scheduler scheduler);

  /** Whether another thread, or the JDK, works for some task's wait: no time is to jump then. */
  public abstract boolean isWorkedOutside(Scheduler scheduler);

  /** How many tasks are to have a turn. */
  public abstract int ready(Scheduler scheduler);

  /** The names of the first of them. */
  public abstract List<String> firstReady(Scheduler scheduler, int most);

  /**
   * The stack of the thread that runs the task's body or, without a task, the loop: down to the
   * loop, with the JDK's frames and with the names of the source. Empty if nothing runs.
   */
  public abstract List<StackTraceElement> stackNow(Scheduler scheduler, @Nullable Task<?> running);

  /** {@code "woven"}, {@code "step"}, {@code "virtual thread"}, {@code "handoff"}, "ended". */
  public abstract String engine(Task<?> task);

  /**
   * When the task began to wait, on the scheduler's clock; of no meaning if it does not wait. The
   * time is that of the loop's last look at the clock, so up to 50 us too early.
   */
  public abstract long waitingSince(Task<?> task);

  /** Why the task is cancelled; null if it is not. */
  public abstract @Nullable String cancelReason(Task<?> task);

  /** How long until the first deadline of the scopes around the task; null if there is none. */
  public abstract @Nullable Duration untilDeadline(Task<?> task);

  /** Whether a wait for the event may end by a deadline of its own. */
  public abstract boolean mayEndByTime(YieldEvent<?, ?> event);

  /** Whether a wait for the event may end by a deadline of its own, or from outside. */
  public abstract boolean mayEndByItself(YieldEvent<?, ?> event);

  /**
   * The watch hears from now on of what happens to the scheduler's tasks. To be called inside of
   * the scheduler; the turn that is under way is not told. While nobody watches, a turn pays
   * nothing.
   */
  public abstract void watch(Scheduler scheduler, TaskWatch watch);

  /** The watch hears no more. To be called inside of the scheduler. */
  public abstract void unwatch(Scheduler scheduler, TaskWatch watch);

  /** The scheduler that the builder makes asks the order before each turn. */
  public abstract void steer(SchedulerBuilder builder, TurnOrder order);

  /**
   * From now on the bodies in coroutine style that the calling thread spawns are woven in another
   * way: they tell the watch what they read and write. Those that were spawned before, and all on
   * other threads, are not told of. Null ends that.
   */
  public abstract void watchAccesses(@Nullable AccessWatch watch);

  /** What records or replays the scheduler's runs; null if nothing does. */
  public abstract @Nullable RunLog log(Scheduler scheduler);

  /** The exception; its constructor is the kernel's. */
  public abstract DeadlockException deadlock(
      String message, List<TaskWait> cycle, List<TaskWait> waits);
}
