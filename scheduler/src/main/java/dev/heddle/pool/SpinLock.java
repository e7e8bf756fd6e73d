package dev.heddle.pool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock for a few instructions, between loops and other threads. A thread that finds the lock held
 * tries again; no thread is parked.
 *
 * <p>A monitor or a lock of the JDK can stop a loop for ever. A task with a virtual thread of its
 * own finds the lock held and is parked; the JDK will wake it when the lock is free. Then the
 * loop's own thread wants the same lock, and is parked behind that task. When the lock is released,
 * the task is woken, and waits for a turn from the loop, which is parked.
 *
 * <p>So the code inside must not block, wait for a lock, or run long.
 */
final class SpinLock {
  /** After so many tries a platform thread yields: the holder may have no processor. */
  private static final int TRIES = 1_000;

  private final AtomicBoolean held = new AtomicBoolean();

  /** Runs the section while no other thread runs a section of this lock. Not reentrant. */
  <R extends @Nullable Object> R in(Supplier<R> section) {
    acquire();
    try {
      return section.get();
    } finally {
      assert held.get() : "released twice";
      held.set(false);
    }
  }

  private void acquire() {
    for (int tries = 0; !held.compareAndSet(false, true); tries++) {
      if (tries < TRIES || Thread.currentThread().isVirtual()) {
        Thread.onSpinWait(); // a virtual thread that yields would lose its turn in its scheduler
      } else {
        Thread.yield();
      }
    }
  }
}
