package dev.heddle.trace;

import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.YieldEvent;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A cycle of tasks: each waits for what the next one holds, and the last for what the first holds.
 * None of them can go on unless one is cancelled.
 *
 * @param cycle the waits, in this order; never empty
 */
public record Deadlock(List<TaskWait> cycle) implements Finding {

  /** Copies the list. */
  public Deadlock {
    cycle = List.copyOf(cycle);
    assert !cycle.isEmpty() : "a deadlock of no task";
  }

  /**
   * The deadlocks among the tasks of a scheduler, while other tasks may run: the shortest first. A
   * wait that may end by a deadline or from outside is part of none.
   *
   * <pre>{@code
   * Deadlock.find(scheduler).forEach(System.err::println); // in a task
   * }</pre>
   *
   * <p>To be called inside of the scheduler. The time is linear in the number of tasks, as a rule.
   *
   * @throws WrongThreadException if the caller is outside
   */
  public static List<Deadlock> find(Scheduler scheduler) {
    scheduler.checkInside("Deadlock.find");
    WaitReader reader = new WaitReader();
    return new WaitGraph(scheduler.tasks(), reader)
        .keepStuck().cycles().stream()
            .map(cycle -> new Deadlock(cycle.stream().map(task -> wait(task, reader)).toList()))
            .toList();
  }

  /**
   * The deadlocks among the tasks of several schedulers: those of one, as {@link #find} tells them,
   * and those across, where a task waits for what a task of another scheduler has to end. Such a
   * wait is known if its event names who that is: the end of a task of a group, a promise that says
   * {@linkplain dev.heddle.scheduler.Promise#keptBy who keeps it}, an actor's answer.
   *
   * <pre>{@code
   * Deadlock.findAcross(List.of(scheduler, home.scheduler())).forEach(System.err::println);
   * }</pre>
   *
   * <p>Any thread may ask. It looks twice, and between the looks each scheduler comes round once; a
   * deadlock is told if all its waits were the same then. So what a lock, a join, an answer or a
   * promise has ended meanwhile is not told. A scheduler that does not answer within a second, as
   * its loop is in a long turn, can hide a deadlock.
   */
  public static List<Deadlock> findAcross(Collection<Scheduler> schedulers) {
    return AcrossCheck.find(List.copyOf(schedulers));
  }

  private static TaskWait wait(Task<?> task, WaitReader reader) {
    YieldEvent<?, ?> event = Objects.requireNonNull(task.waitingFor(), "in a cycle, so it waits");
    return reader.read(task, event, task.where());
  }

  /**
   * Whether only a task of the cycle could end it. False if one of them waits for something that
   * anybody may give, as the permit of a semaphore.
   */
  public boolean isCertain() {
    return cycle.stream()
        .map(TaskWait::resource)
        .noneMatch(resource -> resource != null && resource.endedBy() == Resource.EndedBy.ANYBODY);
  }

  @Override
  public String message() {
    return new Explanation().cycle(this).toString();
  }

  @Override
  public String toString() {
    return message();
  }
}
