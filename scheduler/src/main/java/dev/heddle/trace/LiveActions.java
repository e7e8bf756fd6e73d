package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a page asks for beside the live view: one task, a dump, the cancellation of a task. */
final class LiveActions {
  private static final int MOST_IN_A_DUMP = 200_000;
  private static final long CODE_LASTS_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final LiveLoops loops;
  private final boolean mayCancel;
  private final Duration patience;

  /** What was asked for once and is done if it is asked for again with the code; or null. */
  private @Nullable Asked asked;

  private record Asked(Task<?> task, String code, long at) {}

  /**
   * @param patience how long the loop may take to answer
   */
  LiveActions(LiveLoops loops, boolean mayCancel, Duration patience) {
    this.loops = loops;
    this.mayCancel = mayCancel;
    this.patience = patience;
  }

  /** JSON; null if there is no such task. */
  @Nullable String task(LiveLoop loop, long id) {
    return LiveTask.of(loop, loops, id, patience.toMillis());
  }

  String dump(LiveLoop loop) {
    Scheduler scheduler = loop.scheduler;
    int tasks = KernelView.get().unordered(scheduler).size();
    if (tasks > MOST_IN_A_DUMP) {
      return "scheduler '"
          + scheduler.name()
          + "' has "
          + tasks
          + " tasks, which is too many for a"
          + " page; use heddle dump "
          + ProcessHandle.current().pid();
    }
    return TaskDump.of(scheduler, patience).toString();
  }

  /**
   * Asks for the cancellation, or cancels.
   *
   * @param code what the first question gave; null for the first
   * @return JSON: the code and what would be cancelled, or what was done; null if there is no such
   *     task
   * @throws IllegalStateException if this is switched off, or the code is wrong or too old
   */
  @Nullable String cancel(LiveLoop loop, long id, @Nullable String code) {
    if (!mayCancel) {
      throw new IllegalStateException("cancel is switched off: Inspector.builder().allowCancel");
    }
    Task<?> task = LiveTask.find(loop.scheduler, id);
    if (task == null) {
      return null;
    }
    JsonWriter json = new JsonWriter().beginObject();
    if (code == null) {
      json.name("code").value(ask(task));
      json.name("text").value("cancel task '" + LiveView.cut(task.name()) + "' (#" + id + ")?");
    } else {
      answer(task, code);
      json.name("text").value(cancel(task));
    }
    return json.endObject().toString();
  }

  private synchronized String ask(Task<?> task) {
    Asked fresh = new Asked(task, Inspector.secret(), System.nanoTime());
    asked = fresh;
    return fresh.code;
  }

  private synchronized void answer(Task<?> task, String code) {
    Asked before = asked;
    asked = null;
    if (before == null
        || before.task != task
        || !before.code.equals(code)
        || System.nanoTime() - before.at > CODE_LASTS_NANOS) {
      throw new IllegalStateException(
          "cancel of task " + task.id() + ": ask again, this is an old answer");
    }
  }

  private String cancel(Task<?> task) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    String named = "task '" + LiveView.cut(task.name()) + "' (#" + task.id() + ")";
    if (!task.scheduler().runInside(() -> done.complete(task.cancel("by the inspector's page")))) {
      return "the scheduler has ended";
    }
    try {
      return done.get(patience.toMillis(), TimeUnit.MILLISECONDS)
          ? named + " is cancelled"
          : named + " was cancelled before, or has ended";
    } catch (TimeoutException e) {
      return named + " will be cancelled when the loop goes on: it is held up";
    } catch (ExecutionException e) {
      return named + " could not be cancelled: " + e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
