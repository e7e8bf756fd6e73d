package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What stands in a {@link WaitQueue}: a task, or one arm of the {@link Select} that a task waits
 * for. The links are fields of what is linked, so that waiting for one thing allocates nothing.
 */
abstract sealed class Waiter permits Turns, Select.Arm {
  @Nullable Waiter next;
  @Nullable Waiter previous;

  /** The queue it stands in; null if in none. The queue's. */
  @Nullable WaitQueue waitQueue;

  /** What it wants of that queue; the queue's. */
  @Nullable YieldEvent<?, ?> queuedEvent;

  /** The task that waits. */
  abstract Task<?> task();

  /** Takes it out of the queue in which a hook that threw may have left it. */
  final void leaveQueue() {
    if (waitQueue != null) {
      waitQueue.unlink(this);
    }
  }
}
