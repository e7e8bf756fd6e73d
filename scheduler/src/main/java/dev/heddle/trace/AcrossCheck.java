package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link Deadlock#findAcross}. No thread is inside of several schedulers at once, so the graph is
 * read from outside, while the loops go on. A cycle that is read so need never have been: its waits
 * may be of different moments. But a task whose wait is the same one in two looks has waited all
 * the time between them; if that holds for all tasks of a cycle, they have all waited together.
 */
final class AcrossCheck {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final KernelView VIEW = KernelView.get();

  /** A task's wait, so that it can be known again. */
  private record Seen(Task<?> task, @Nullable YieldEvent<?, ?> event, long since) {
    Seen(Task<?> task) {
      this(task, task.waitingFor(), VIEW.waitingSince(task));
    }
  }

  private AcrossCheck() {}

  static List<Deadlock> find(List<Scheduler> schedulers) {
    List<List<Seen>> first = look(schedulers);
    if (first.isEmpty()) {
      return List.of();
    }
    for (Scheduler each : schedulers) {
      Boolean _ = ask(each, () -> true); // what it has written before is seen now
    }
    List<List<Seen>> second = look(schedulers);
    second.retainAll(first);
    WaitReader reader = new WaitReader();
    List<Deadlock> found = new ArrayList<>();
    for (List<Seen> cycle : second) {
      found.add(new Deadlock(cycle.stream().map(seen -> wait(seen, reader)).toList()));
    }
    return found;
  }

  private static List<List<Seen>> look(List<Scheduler> schedulers) {
    List<Task<?>> tasks = new ArrayList<>();
    schedulers.forEach(each -> tasks.addAll(VIEW.tasks(each)));
    List<List<Seen>> cycles = new ArrayList<>();
    for (List<Task<?>> cycle : new WaitGraph(tasks, new WaitReader()).keepStuck().cycles()) {
      List<Seen> seen = new ArrayList<>();
      cycle.forEach(task -> seen.add(new Seen(task)));
      if (seen.stream().allMatch(wait -> wait.event != null)) {
        cycles.add(seen);
      }
    }
    return cycles;
  }

  private static TaskWait wait(Seen seen, WaitReader reader) {
    List<StackTraceElement> at = ask(seen.task.scheduler(), () -> seen.task.where());
    YieldEvent<?, ?> event = Objects.requireNonNull(seen.event, "it waits");
    return reader.read(seen.task, event, at == null ? List.of() : at);
  }

  /** Asks inside of the scheduler; null if that does not answer in time. */
  private static <A> @Nullable A ask(Scheduler scheduler, Supplier<A> question) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    boolean taken =
        scheduler.runInside(
            () -> {
              try {
                answer.complete(question.get());
              } catch (RuntimeException thrown) {
                answer.completeExceptionally(thrown);
              }
            });
    if (!taken) {
      return null;
    }
    try {
      return answer.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // it is told without the lines
    }
    return null;
  }
}
