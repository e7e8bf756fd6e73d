package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import org.jspecify.annotations.Nullable;

/**
 * A latch: tasks wait at it until it was counted down to 0.
 *
 * <p>It is itself the event that they await. Many may await it at once, as it keeps nothing of them
 * but the queue in which they stand; a cancelled one leaves the queue.
 */
final class Latch extends YieldEvent<@Nullable Void, RuntimeException> {
  private final WaitQueue waiters = new WaitQueue();
  private int count;

  Latch(int count) {
    this.count = count;
  }

  /** At 0 wakes all who wait. */
  void countDown() {
    if (count > 0 && --count == 0) {
      waiters.wakeAll(null);
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (count == 0) {
      wake(task, null); // open already: the task keeps its turn
    } else {
      waiters.add(task);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    return waiters.remove(task);
  }

  /** A latch is a thing of its own: nobody has to await it. */
  @Override
  protected boolean mustBeAwaited() {
    return false;
  }

  @Override
  public String describe() {
    return "a latch, " + count + " to go";
  }
}
