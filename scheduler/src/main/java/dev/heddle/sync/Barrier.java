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
 * A place where a fixed number of tasks wait for each other. When the last of them has come all go
 * on, and the barrier is ready for the next round.
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
 * <p>Fairness: the task that comes last keeps its turn; the others wake in the order in which they
 * came. A task that waits by several arms of a {@code Select} counts once.
 *
 * <p>Cancellation: a waiter that is cancelled counts no longer, and the others wait on. (In the JDK
 * such a waiter breaks the barrier; here the task that cancels may call {@link #abort} too.) A task
 * that is cancelled after the last one has come returns from its await and meets {@code Cancelled}
 * at its next.
 *
 * <p>Threads: a barrier is used by the tasks of one scheduler; a call from elsewhere throws a
 * {@link WrongThreadException}.
 *
 * <p>Invariants: fewer tasks wait than the barrier needs. Nobody waits while it is broken.
 */
public final class Barrier {

  /**
   * The state of a barrier at one moment: how many tasks it needs, whether it is broken, and which
   * tasks have come, in their order.
   */
  public record Stats(String name, int parties, boolean broken, List<Task<?>> waiters) {}

  private final Identity identity;
  private final int parties;
  private final WaitQueue waiters = new WaitQueue();

  /** The event of all waiters; it knows nothing of a single one. */
  private final Wait wait = new Wait();

  private boolean broken;

  /**
   * A barrier for this many tasks that messages name by a number.
   *
   * @throws IllegalArgumentException if the number is less than 1
   */
  public Barrier(int parties) {
    this(new Identity("barrier", null), parties);
  }

  /**
   * A barrier for this many tasks, with a name for messages and dumps.
   *
   * @throws IllegalArgumentException if the number is less than 1
   */
  public Barrier(String name, int parties) {
    this(new Identity("barrier", Objects.requireNonNull(name, "name")), parties);
  }

  private Barrier(Identity identity, int parties) {
    this.identity = identity;
    if (parties < 1) {
      throw new IllegalArgumentException(
          identity.title() + " for " + parties + " tasks: at least 1");
    }
    this.parties = parties;
  }

  /**
   * Waits until all tasks have come.
   *
   * <p>The result is the place in which this task came, counted from 0. Fails with a {@link
   * BrokenBarrierException} if the barrier is broken, or is aborted or reset while the task waits.
   */
  @CheckReturnValue
  public YieldEvent<Integer, BrokenBarrierException> await() {
    return wait.forCaller();
  }

  /**
   * Breaks the barrier: all waiters fail, and so does each task that comes before the next {@link
   * #reset}. Does not yield.
   */
  public void abort() {
    identity.check("abort");
    broken = true;
    failAll("was aborted");
  }

  /** Makes the barrier as new; the waiters of before fail. Does not yield. */
  public void reset() {
    identity.check("reset");
    broken = false;
    failAll("was reset");
  }

  /** How many tasks the barrier needs. */
  public int parties() {
    return parties;
  }

  /** Whether the barrier was aborted, and not reset since. */
  public boolean isBroken() {
    return broken;
  }

  /** The state at this moment, for dumps and tests. */
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

  /** The tasks that have come; one that waits by two arms of a select stands in the queue twice. */
  private Set<Task<?>> come() {
    return new LinkedHashSet<>(waiters.toList());
  }

  private boolean hasAllButCome(Waiter last) {
    Set<Task<?>> others = come();
    others.remove(last.task());
    return others.size() == parties - 1;
  }

  private void failAll(String why) {
    waiters.failAll(() -> brokenBecauseIt(why));
    assert valid() : this;
  }

  private BrokenBarrierException brokenBecauseIt(String why) {
    return new BrokenBarrierException(identity.title() + " " + why);
  }

  /** The last task has come. */
  private void trip(Waiter last) {
    int place = 0;
    for (Waiter waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
      waiter.wake(place++);
    }
    assert place == parties - 1 : identity.title() + " trips with " + place + " waiting";
    last.wake(place);
  }

  /** The invariants above. */
  private boolean valid() {
    return (waiters.size() < parties || come().size() < parties)
        && (!broken || waiters.peek() == null);
  }

  private final class Wait extends YieldEvent<Integer, BrokenBarrierException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      if (broken) {
        fail(waiter, brokenBecauseIt("was aborted"));
      } else if (waiters.size() >= parties - 1 && hasAllButCome(waiter)) {
        trip(waiter);
      } else {
        waiters.add(waiter);
      }
      assert valid() : Barrier.this;
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return identity.title() + " (" + describeState() + ")";
    }
  }
}
