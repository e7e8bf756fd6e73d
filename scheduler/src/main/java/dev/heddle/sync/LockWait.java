package dev.heddle.sync;

import dev.heddle.scheduler.Waiter;

/**
 * An event whose waiters stand in the queue of a {@link Lock}: a plain acquire, an acquire of
 * several locks, or the way back from a condition. The lock treats all of them alike.
 */
sealed interface LockWait permits Lock.Acquire, OrderedAcquire, ConditionWait {

  /** How many levels of the lock the waiter's task gets. */
  default int levels() {
    return 1;
  }

  /** The waiter has left the queue, and its task holds the lock now. */
  void granted(Waiter waiter);

  /** The lock is broken: the waiter has left the queue and does not get the lock. */
  void refused(Waiter waiter, RuntimeException why);
}
