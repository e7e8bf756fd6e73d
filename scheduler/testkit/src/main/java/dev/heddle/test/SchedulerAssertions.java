package dev.heddle.test;

import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a test may say of a scheduler at its end, or between two steps. The messages name the tasks,
 * what they wait for, and the lines at which they stand.
 *
 * <pre>{@code
 * pool.close();
 * SchedulerAssertions.assertNoTaskLeft(Scheduler.current());
 * SchedulerAssertions.assertNoLockHeld(Scheduler.current());
 * }</pre>
 *
 * <p>To be called inside of the scheduler, or while it does not run. The task that calls does not
 * count.
 */
public final class SchedulerAssertions {
  private SchedulerAssertions() {}

  /** No task is left but the one that calls: neither one that waits nor one that is ready. */
  public static void assertNoTaskLeft(Scheduler scheduler) {
    check(scheduler, "no task to be left", task -> standing(task));
  }

  /** No task waits but the one that calls; others may be ready. */
  public static void assertNothingWaits(Scheduler scheduler) {
    check(scheduler, "nothing to wait", task -> task.waitingFor() == null ? null : standing(task));
  }

  /** No task holds a lock or anything else of that kind; the one that calls neither. */
  public static void assertNoLockHeld(Scheduler scheduler) {
    List<String> wrong = new ArrayList<>();
    for (Task<?> task : scheduler.tasks()) {
      for (HeldResource held : task.holdings()) {
        wrong.add(
            "task '"
                + task.name()
                + "' holds "
                + held.resource()
                + lines(" acquired at ", held.acquiredAt()));
      }
    }
    fail("no lock to be held", wrong);
  }

  private static void check(
      Scheduler scheduler, String expected, Function<Task<?>, @Nullable String> wrong) {
    Task<?> caller = KernelView.get().running(scheduler);
    List<String> found = new ArrayList<>();
    for (Task<?> task : scheduler.tasks()) {
      String text = task == caller ? null : wrong.apply(task);
      if (text != null) {
        found.add(text);
      }
    }
    fail(expected, found);
  }

  private static String standing(Task<?> task) {
    YieldEvent<?, ?> event = task.waitingFor();
    String waits = event == null ? " is " + task.state() : " waits for " + event.describe();
    return "task '" + task.name() + "'" + waits + lines(" at ", task.where());
  }

  private static String lines(String before, List<StackTraceElement> frames) {
    return frames.isEmpty() ? "" : before + frames.getFirst();
  }

  private static void fail(String expected, List<String> wrong) {
    if (!wrong.isEmpty()) {
      throw new AssertionError("expected " + expected + ":\n  " + String.join("\n  ", wrong));
    }
  }
}
