package dev.heddle.sync;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * The wait of {@link LockOrder#acquire}. It takes one lock after the other. While a lock is not
 * free, the waiter stands in the queue of that lock, and its task holds the locks before it.
 */
final class OrderedAcquire extends SingleWaiterEvent<Held, RuntimeException> implements LockWait {
  private final Lock[] locks;

  /** How many of the locks the waiter's task holds; 0 while nobody waits. */
  private int taken;

  OrderedAcquire(Lock[] locks) {
    this.locks = locks;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    assert taken == 0 : this + " starts with " + taken + " locks";
    checkOrder(waiter.task());
    takeMore(waiter);
  }

  /** Takes locks until one is not free, or all are taken. */
  private void takeMore(Waiter waiter) {
    try {
      while (taken < locks.length) {
        if (!locks[taken].request(waiter, this)) {
          return;
        }
        taken++;
      }
    } catch (RuntimeException refusal) {
      refused(waiter, refusal);
      return;
    }
    taken = 0;
    wake(new HeldLocks(locks));
  }

  @Override
  public void granted(Waiter waiter) {
    taken++;
    takeMore(waiter);
  }

  @Override
  public void refused(Waiter waiter, RuntimeException why) {
    giveBack();
    fail(why);
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    boolean undone = super.undo(scheduler, waiter); // leaves the queue of the lock it waits for
    if (undone) {
      giveBack();
    }
    return undone;
  }

  private void giveBack() {
    while (taken > 0) {
      locks[--taken].releaseOnce();
    }
  }

  /** Every lock that the task holds must come before the locks that it asks for. */
  private void checkOrder(Task<?> task) {
    if (locks.length == 0 || !task.holdsAbove(locks[0].order())) {
      return; // locks[0] comes first of those that it asks for
    }
    for (Resource resource : task.held()) {
      for (Lock asked : locks) {
        if (resource instanceof Lock holds
            && asked.holder() != task
            && asked.order() < holds.order()) {
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
      return "locks in order"; // there are none to take, or no more
    }
    String place =
        locks.length == 1 ? "" : " (" + (taken + 1) + " of " + locks.length + " in order)";
    return locks[taken].describeWithHolder() + place;
  }

  /** All the locks, held by the task that has awaited them. */
  private static final class HeldLocks implements Held {
    private final Lock[] locks;
    private boolean closed;

    HeldLocks(Lock[] locks) {
      this.locks = locks;
    }

    /** Releases the locks, the last first; none of them, if the caller does not hold them all. */
    @Override
    public void close() {
      if (closed) {
        throw new IllegalStateException("the locks taken in order were released before");
      }
      for (Lock lock : locks) {
        lock.checkHeldBy(lock.identity.caller("close"), "close");
      }
      closed = true;
      for (int i = locks.length - 1; i >= 0; i--) {
        locks[i].releaseOnce();
      }
    }
  }
}
