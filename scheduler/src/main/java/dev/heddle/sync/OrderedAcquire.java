package dev.heddle.sync;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * The wait of {@link LockOrder#acquire}: takes one lock after the other, waiting in the queue of
 * the first that is not free, while the task holds those before it.
 */
final class OrderedAcquire extends LockWait<Held> {
  private final Lock[] locks;

  /** The task that waits, or holds: an event of this kind serves one wait. */
  private @Nullable Task<?> owner;

  /** How many of the locks the task has. */
  private int taken;

  OrderedAcquire(Lock[] locks) {
    this.locks = locks;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (owner != null) {
      throw new IllegalStateException("in use by " + owner + "; call LockOrder.acquire for each");
    }
    checkOrder(task.task());
    owner = task.task();
    takeMore(task);
  }

  /** Takes locks until one is not free, or all are taken. */
  private void takeMore(Waiter task) {
    try {
      while (taken < locks.length) {
        if (!locks[taken].request(task, this)) {
          return;
        }
        taken++;
      }
    } catch (RuntimeException refusal) {
      refused(task, refusal);
      return;
    }
    wake(task, this::close);
  }

  @Override
  void granted(Waiter task) {
    taken++;
    takeMore(task);
  }

  @Override
  void refused(Waiter task, RuntimeException why) {
    giveBack();
    fail(task, why);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    boolean undone = owner == task.task() && taken < locks.length && locks[taken].withdraw(task);
    if (undone) {
      giveBack();
    }
    return undone;
  }

  /** Releases what was taken, last first, without asking whose turn it is. */
  private void giveBack() {
    owner = null;
    while (taken > 0) {
      locks[--taken].releaseOnce();
    }
  }

  /** The holder's {@link Held#close}. */
  private void close() {
    if (owner == null) {
      throw new IllegalStateException("the locks taken in order were released before");
    }
    for (Lock lock : locks) {
      lock.checkHeldBy(lock.identity.caller("close"), "close");
    }
    giveBack();
  }

  /** Every lock that the task holds must come before those it asks for. */
  private void checkOrder(Task<?> task) {
    for (Resource resource : task.held()) {
      for (Lock asked : locks) {
        if (resource instanceof Lock holds
            && asked.holder() != task
            && asked.identity.number < holds.identity.number) {
          throw new IllegalStateException(violation(task, holds, asked));
        }
      }
    }
  }

  private static String violation(Task<?> task, Lock holds, Lock asked) {
    return "lock order violation: task '"
        + task.name()
        + "' holds "
        + holds.describe()
        + " and asks for "
        + asked.describe()
        + ", which was made before it; acquire both in one call, or that one first";
  }

  @Override
  public @Nullable Resource resource() {
    return taken < locks.length ? locks[taken] : null;
  }

  @Override
  public String describe() {
    if (taken == locks.length) {
      return "locks in order";
    }
    String place =
        locks.length == 1 ? "" : " (" + (taken + 1) + " of " + locks.length + " in order)";
    return locks[taken].describeWithHolder() + place;
  }
}
