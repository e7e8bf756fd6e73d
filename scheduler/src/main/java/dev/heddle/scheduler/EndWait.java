package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/** A wait for the end of a task, in that task's queue of joiners. */
abstract sealed class EndWait<T extends @Nullable Object> extends YieldEvent<T, Exception>
    permits Join, GroupStart {

  /** The task has ended for which the joiner waits; he is out of the queue. */
  abstract void ended(Waiter joiner);
}
