package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The lines at which tasks wait, for a thread outside of the scheduler. Only the loop may look them
 * up. So it is asked for a few at a time, between which it serves its tasks; and not again for a
 * task that still waits as it did.
 */
final class LiveLines {
  /** For how many tasks the loop looks at a time. */
  private static final int SLICE = 8;

  /** For how many tasks in all, each time. */
  private static final int MOST = 120;

  private static final long PATIENCE_MILLIS = 200;

  private record Line(YieldEvent<?, ?> event, long since, String at) {}

  private final KernelView view = KernelView.get();
  private final Scheduler scheduler;
  private IdentityHashMap<Task<?>, Line> known = new IdentityHashMap<>();

  LiveLines(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Where the task waits; null if that is not known. */
  @Nullable String of(Task<?> task) {
    Line line = known.get(task);
    return line == null || line.event != task.waitingFor() ? null : line.at;
  }

  /**
   * Looks up where these tasks wait, the first ones if they are many, and forgets all others.
   *
   * @param loopAnswers whether the loop can be asked
   */
  void lookUp(Set<Task<?>> tasks, boolean loopAnswers) {
    IdentityHashMap<Task<?>, Line> before = known;
    IdentityHashMap<Task<?>, Line> now = new IdentityHashMap<>();
    List<Task<?>> wanted = new ArrayList<>();
    for (Task<?> task : tasks) {
      if (now.size() + wanted.size() >= MOST) {
        break;
      }
      if (task.scheduler() != scheduler) {
        continue; // another loop's
      }
      YieldEvent<?, ?> event = task.waitingFor();
      Line line = before.get(task);
      if (line != null && line.event == event && line.since == view.waitingSince(task)) {
        now.put(task, line);
      } else if (event != null) {
        wanted.add(task);
      }
    }
    known = now;
    boolean answers = loopAnswers;
    for (int i = 0; i < wanted.size() && answers; i += SLICE) {
      answers = slice(wanted.subList(i, Math.min(wanted.size(), i + SLICE)));
    }
  }

  private boolean slice(List<Task<?>> tasks) {
    CompletableFuture<IdentityHashMap<Task<?>, Line>> answer = new CompletableFuture<>();
    if (!scheduler.runInside(() -> answer.complete(inside(tasks)))) {
      return false;
    }
    try {
      known.putAll(answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private IdentityHashMap<Task<?>, Line> inside(List<Task<?>> tasks) {
    IdentityHashMap<Task<?>, Line> lines = new IdentityHashMap<>();
    for (Task<?> task : tasks) {
      YieldEvent<?, ?> event = task.waitingFor();
      if (event != null && task.scheduler() == scheduler) { // it may have moved meanwhile
        List<StackTraceElement> at = view.where(task);
        String first = at.isEmpty() ? "" : at.getFirst().toString();
        lines.put(task, new Line(event, view.waitingSince(task), first));
      }
    }
    return lines;
  }
}
