package dev.heddle.pool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock for a few instructions, between loops and other threads. Who finds it held tries again;
 * nobody is parked.
 *
 * <p>A monitor or a lock of the JDK would not do, as both can stop a loop for ever. A task with a
 * virtual thread of its own finds the lock held, is parked, and becomes the one whom the JDK wakes
 * when the lock is free. Then the loop's own thread comes for the same lock, and is parked behind
 * that task; the lock is released, the task is woken, and waits for a turn from the loop.
 *
 * <p>So in a section nothing is called that may block, wait for a lock, or run long.
 */
final class SpinLock {
  /**
   * A platform thread that has tried so often lets others run: the holder may have no processor.
   */
  private static final int TRIES = 1_000;

  private final AtomicBoolean held = new AtomicBoolean();

  /** Runs the section while nobody else runs one of this lock. */
  <R extends @Nullable Object> R in(Supplier<R> section) {
    acquire();
    try {
      return section.get();
    } finally {
      held.set(false);
    }
  }

  private void acquire() {
    for (int tries = 0; !held.compareAndSet(false, true); tries++) {
      if (tries < TRIES || Thread.currentThread().isVirtual()) {
        Thread.onSpinWait(); // a virtual one that yields would lose its turn in its scheduler
      } else {
        Thread.yield();
      }
    }
  }
}
