package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;

/**
 * Where a number of tasks wait for each other. When the last has come all go on, and the barrier is
 * ready for the next round.
 *
 * <pre>{@code
 * Barrier barrier = new Barrier("phase", 3);
 * // each of three tasks
 * for (int phase = 0; phase < 10; phase++) {
 *   compute(phase);
 *   if (co.await(barrier.await()) == 0) { // exactly one of them
 *     report(phase);
 *   }
 * }
 * }</pre>
 *
 * <p>The last to come keeps its turn; the others wake in the order in which they came. A task that
 * waits by several arms of a {@code Select} has come once.
 *
 * <p>Cancellation: a waiter that is cancelled has not come; the others wait on. (In the JDK it
 * breaks the barrier. Here the one who cancels may {@link #abort} it too.) One that is cancelled
 * after the last has come returns, and {@code Cancelled} meets it at its next await.
 */
public final class Barrier {

  /** A look at a barrier: how many it needs, whether it is broken, and who has come, in order. */
  public record Stats(String name, int parties, boolean broken, List<Task<?>> waiters) {}

  private final Identity identity;
  private final int parties;
  private final WaitQueue waiters = new WaitQueue();

  /** One for all who wait. */
  private final Wait wait = new Wait();

  private boolean broken;

  /**
   * A barrier for this many tasks, known by a number.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Barrier(int parties) {
    this(new Identity("barrier", null), parties);
  }

  /**
   * A barrier for this many tasks, with a name for messages and dumps.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Barrier(String name, int parties) {
    this(new Identity("barrier", Objects.requireNonNull(name, "name")), parties);
  }

  private Barrier(Identity identity, int parties) {
    this.identity = identity;
    if (parties < 1) {
      throw new IllegalArgumentException(identity.title() + " for " + parties + " tasks: at least 1");
    }
    this.parties = parties;
  }

  /**
   * Waits until all have come.
   *
   * <p>The result tells in which place the task came, from 0. Fails with a {@link
   * BrokenBarrierException} if the barrier is broken, or is broken or reset meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<Integer, BrokenBarrierException> await() {
    return wait;
  }

  /** Breaks it: who waits, and who comes until it is reset, fails. Does not yield. */
  public void abort() {
    identity.check("abort");
    broken = true;
    failAll("was aborted");
  }

  /** Makes it as new: who waits fails, who comes from now on waits. Does not yield. */
  public void reset() {
    identity.check("reset");
    broken = false;
    failAll("was reset");
  }

  /** How many must come. */
  public int parties() {
    return parties;
  }

  /** Whether it was aborted, and not reset since. */
  public boolean isBroken() {
    return broken;
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(identity.title(), parties, broken, List.copyOf(come()));
  }

  @Override
  public String toString() {
    return identity.title() + ", " + describeState();
  }

  private String describeState() {
    return broken ? "broken" : come().size() + " of " + parties + " have come";
  }

  /**
   * Who has come, in order. A task that waits by two arms of a select stands in the queue twice.
   */
  private Set<Task<?>> come() {
    return new LinkedHashSet<>(waiters.toList());
  }

  private boolean hasAllButCome(Waiter last) {
    Set<Task<?>> others = come();
    others.remove(last.task());
    return others.size() == parties - 1;
  }

  private void failAll(String why) {
    for (Waiter task = waiters.poll(); task != null; task = waiters.poll()) {
      wait.broken(task, why);
    }
  }

  /** The last has come. */
  private void trip(Waiter last) {
    int place = 0;
    for (Waiter task = waiters.poll(); task != null; task = waiters.poll()) {
      wait.over(task, place++);
    }
    assert place == parties - 1 : identity.title() + " trips with " + place + " waiting";
    wait.over(last, place);
  }

  private final class Wait extends YieldEvent<Integer, BrokenBarrierException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      identity.enter(scheduler);
      if (broken) {
        broken(task, "was aborted");
      } else if (waiters.size() >= parties - 1 && hasAllButCome(task)) {
        trip(task);
      } else {
        waiters.add(task);
      }
    }

    void over(Waiter task, int place) {
      wake(task, place);
    }

    void broken(Waiter task, String why) {
      fail(task, new BrokenBarrierException(identity.title() + " " + why));
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return waiters.remove(task);
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return identity.title() + " (" + describeState() + ")";
    }
  }
}
