package dev.heddle.scheduler;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler can tell of itself: its tasks and what they wait for, deadlocks among some of
 * them, and what else its primitives find wrong. Asked for, it costs what it costs; unasked, the
 * tasks pay nothing for it.
 *
 * <pre>{@code
 * scheduler.findDeadlocks().forEach(System.err::println); // in a task
 * System.err.println(scheduler.dump()); // from any thread
 * }</pre>
 */
public final class Diagnosis {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  /** How long a thread waits for the loop until it looks for itself. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final TaskTable tasks;
  private final boolean recordsSites;
  private final Consumer<? super Finding> reporter;
  private final @Nullable DeadlockCheck check;

  Diagnosis(Scheduler scheduler, TaskTable tasks, SchedulerBuilder builder) {
    this.scheduler = scheduler;
    this.tasks = tasks;
    recordsSites = builder.recordSites;
    reporter = builder.findingReporter;
    check = builder.deadlockCheck == null ? null : new DeadlockCheck(this, builder.deadlockCheck);
  }

  /** The scheduler is complete. */
  void start() {
    if (check != null) {
      check.arm(scheduler);
    }
  }

  /** How many deadlines are ours: the run need not wait for them, as nobody does. */
  int deadlines() {
    return check != null && check.hasDeadline() ? 1 : 0;
  }

  /**
   * Whether tasks keep where they acquire what they hold, and primitives may spend time to learn:
   * {@link SchedulerBuilder#recordSites}.
   */
  public boolean recordsSites() {
    return recordsSites;
  }

  /**
   * The cycles of tasks that wait for what another of them holds, while other tasks may run: the
   * shortest first. A wait that ends by a deadline or from outside makes no cycle. Time: linear in
   * the tasks, as a rule. To be called inside of the scheduler.
   */
  public List<Deadlock> findDeadlocks() {
    scheduler.checkInside("findDeadlocks");
    List<Deadlock> deadlocks = new ArrayList<>();
    for (List<Task<?>> cycle : new WaitGraph(tasks.toList()).keepStuck().cycles()) {
      deadlocks.add(new Deadlock(cycle.stream().map(Diagnosis::waitOf).toList()));
    }
    return deadlocks;
  }

  private static TaskWait waitOf(Task<?> task) {
    YieldEvent<?, ?> event = task.waitingFor();
    assert event != null : task + " is in a cycle and does not wait";
    return TaskWait.of(task, event, Where.of(task));
  }

  /**
   * For primitives: tells the scheduler's {@link SchedulerBuilder#findingReporter}. What that
   * throws is logged.
   */
  public void report(Finding finding) {
    try {
      reporter.accept(finding);
    } catch (Throwable thrown) {
      LOG.log(Level.ERROR, "the finding reporter failed on: " + finding.message(), thrown);
    }
  }

  /**
   * A look at all tasks that have not ended; may be called from any thread. Inside of the scheduler
   * it is at once. From another thread the loop is asked; if it is in a long turn and does not
   * answer within a second, what can be read from outside is told, and {@link TaskDump#caution}
   * says so.
   */
  public TaskDump dump() {
    return dump(PATIENCE);
  }

  /** {@link #dump()}, waiting this long for the loop. */
  public TaskDump dump(Duration patience) {
    if (scheduler.isInside()) {
      return new DumpMaker(scheduler).inside(tasks.toList());
    }
    if (scheduler.inside.carrier == null) {
      return outside("the scheduler did not run");
    }
    CompletableFuture<TaskDump> answer = new CompletableFuture<>();
    scheduler.post(() -> answer(answer));
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return outside("the loop did not answer within " + Spans.inWords(patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return outside("the thread that asked was interrupted");
    } catch (ExecutionException e) {
      throw new AssertionError("a dump failed", e.getCause());
    }
  }

  private void answer(CompletableFuture<TaskDump> answer) {
    try {
      answer.complete(new DumpMaker(scheduler).inside(tasks.toList()));
    } catch (Throwable thrown) {
      answer.completeExceptionally(thrown);
    }
  }

  private TaskDump outside(String why) {
    return new DumpMaker(scheduler).outside(tasks, why);
  }

  /**
   * All tasks wait, none for I/O or a deadline: fails unless one can be woken from outside.
   *
   * @throws DeadlockException if none can
   */
  void failAtStandstill() {
    if (!tasks.anyAwaitsOutside()) {
      throw new Standstill(tasks.toList()).explain(scheduler.name());
    }
  }
}
