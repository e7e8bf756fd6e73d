package dev.heddle.sync;

import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import org.jspecify.annotations.Nullable;

/**
 * What may stand in a lock's queue: a plain acquire, one of several locks, the return from a
 * condition. The lock does not care which.
 */
abstract sealed class LockWait<T extends @Nullable Object> extends YieldEvent<T, RuntimeException>
    permits Lock.Acquire, OrderedAcquire, ConditionWait {

  /** How many levels of the lock the task gets. */
  int levels() {
    return 1;
  }

  /** The lock has been handed over: the task is its holder now. */
  abstract void granted(Waiter waiter);

  /** The lock is broken: the task left the queue and will not get it. */
  abstract void refused(Waiter waiter, RuntimeException why);
}
