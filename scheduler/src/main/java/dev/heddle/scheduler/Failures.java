package dev.heddle.scheduler;

import dev.heddle.scheduler.TaskScopes.Extras;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Failures of tasks that nobody has joined yet. Each is reported once: when its task is
 * unreachable, because then nobody can join the task any more, or at the end of the run.
 */
final class Failures {
  /** The failures that nobody has joined, in the order in which they happened. */
  final Set<Failure> undelivered = new LinkedHashSet<>();

  /** The failures whose tasks are unreachable; filled by the garbage collector. */
  final ReferenceQueue<Task<?>> collected = new ReferenceQueue<>();

  private final BiConsumer<String, Throwable> reporter;

  /** What the reporter has thrown; kept to the end of the run, so that the loop goes on. */
  private @Nullable Throwable reportersOwn;

  Failures(BiConsumer<String, Throwable> reporter) {
    this.reporter = reporter;
  }

  /** Called by the loop: reports the failures whose tasks are unreachable. */
  void reportCollected() {
    if (undelivered.isEmpty()) {
      return;
    }
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      if (undelivered.remove(gone)) {
        report((Failure) gone);
      }
    }
  }

  /** The end of the run: reports the failures that nobody has joined. Throws the reporter's own. */
  void reportAll() {
    List<Failure> last = List.copyOf(undelivered);
    undelivered.clear();
    last.forEach(this::report);
    Throwable thrown = reportersOwn;
    if (thrown != null) {
      reportersOwn = null;
      throw new IllegalStateException(
          "the failure reporter failed: " + thrown.getMessage(), thrown);
    }
  }

  private void report(Failure failure) {
    try {
      reporter.accept(failure.taskName(), failure.thrown());
    } catch (Throwable thrown) {
      if (reportersOwn == null) {
        reportersOwn = thrown;
      } else {
        reportersOwn.addSuppressed(thrown);
      }
    }
  }

  /**
   * How a task ended that did not succeed, and whether somebody has heard of it.
   *
   * <p>It refers to its task weakly: once the task is unreachable nobody can join it any more, and
   * a failure that was not delivered is due to be reported.
   */
  static final class Failure extends WeakReference<Task<?>> {
    private final Failures failures;
    private final String taskName;
    private final Throwable thrown;
    private final boolean cancellation;

    Failure(Task<?> task, Throwable thrown, boolean cancellation) {
      super(task, task.scheduler.failures.collected);
      this.failures = task.scheduler.failures;
      this.taskName = task.name();
      this.thrown = thrown;
      this.cancellation = cancellation;
      if (!cancellation) {
        failures.undelivered.add(this);
      }
    }

    boolean isCancellation() {
      return cancellation;
    }

    String taskName() {
      return taskName;
    }

    Throwable thrown() {
      return thrown;
    }

    /** What the task threw, for one who joins it: it need not be reported any more. */
    Throwable deliver() {
      failures.undelivered.remove(this);
      return thrown;
    }
  }

  /** {@link Task#join}: any number of tasks may wait for one. */
  static final class Join<T extends @Nullable Object> extends YieldEvent<T, Exception>
      implements Extras.EndWait {

    /** The end of a task, as something that the task holds until then. */
    record TaskEnd(Task<?> task) implements Resource {
      @Override
      public String describe() {
        return "the end of task '" + task.name() + "'";
      }

      @Override
      public List<Task<?>> holders() {
        return task.isDone() ? List.of() : List.of(task);
      }

      @Override
      public void holderEnded(Task<?> holder) {
        throw new AssertionError("no task holds its end by Task.hold");
      }
    }

    private final Task<T> joined;

    Join(Task<T> joined) {
      this.joined = joined;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (joined.scheduler != scheduler) {
        fail(waiter, new IllegalStateException(joined + " is a task of " + joined.scheduler));
      } else if (joined == waiter.task()) {
        fail(
            waiter,
            new IllegalStateException("task '" + joined.name() + "' would wait for itself"));
      } else if (joined.isDone()) {
        ended(waiter);
      } else {
        joined.extras().addJoiner(waiter);
      }
    }

    /** Gives the result or the failure of the task, to each who joins. */
    @Override
    public void ended(Waiter waiter) {
      Failure failure = joined.failure();
      if (failure == null) {
        wake(waiter, joined.resultNow());
      } else if (failure.isCancellation()) {
        // A Cancelled here would look like the joiner's own cancellation.
        Throwable cancelled = failure.deliver();
        CancellationException seen = new CancellationException(cancelled.getMessage());
        seen.initCause(cancelled);
        fail(waiter, seen);
      } else {
        failWith(waiter, failure.deliver());
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return joined.extras().removeJoiner(waiter);
    }

    @Override
    public Resource resource() {
      return new TaskEnd(joined);
    }

    @Override
    public String describe() {
      return resource().describe();
    }
  }
}
