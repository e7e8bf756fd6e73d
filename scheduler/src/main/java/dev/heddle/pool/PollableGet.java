package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link PollableQueue#get}. */
final class PollableGet<T> extends YieldEvent<T, RuntimeException> {
  private final SharedQueue<T> line;

  /** Its place in the line, and the task that waits; null while none does. */
  private SharedQueue.@Nullable QueueGetter getter;

  private @Nullable Waiter waiting;

  PollableGet(SharedQueue<T> line) {
    this.line = line;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (waiting != null) {
      throw new IllegalStateException(this + " is in use by " + waiting + "; make one for each");
    }
    SharedQueue.QueueGetter me = SharedQueue.QueueGetter.task(scheduler, this);
    // Written before it stands in line: a hook may lose its turn when it has to wait for the lock.
    getter = me;
    waiting = task;
    try {
      T item = line.arrive(me);
      if (item != null) {
        reset();
        wake(task, item);
      }
    } catch (ClosedException e) {
      reset();
      throw e;
    }
  }

  /** It is the longest in line, and there is something for it. */
  void come() {
    SharedQueue.QueueGetter me = Objects.requireNonNull(getter);
    Waiter task = Objects.requireNonNull(waiting);
    try {
      T item = line.come(me);
      if (item != null) {
        reset();
        wake(task, item);
      }
    } catch (ClosedException e) {
      reset();
      fail(task, e);
    }
  }

  private void reset() {
    getter = null;
    waiting = null;
  }

  /**
   * The next in line is rung a little later if it is a task of this scheduler: in the middle of a
   * {@code Select} that has its winner, the item might go to the next loser, and be dropped.
   */
  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    SharedQueue.QueueGetter next = line.leave(Objects.requireNonNull(getter));
    reset();
    if (next != null && next.isTaskOf(scheduler)) {
      scheduler.setDeadline(this, scheduler.nanoTime());
    } else {
      line.ring(next);
    }
    return true;
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    line.serve(scheduler);
  }

  /** Any thread may put. */
  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    return "an item of " + line.title + " (" + line.state() + ")";
  }
}
