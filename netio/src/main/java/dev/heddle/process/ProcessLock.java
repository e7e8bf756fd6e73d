package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Held;
import java.io.IOException;

/**
 * A lock that one task of all processes holds at a time, like {@code Lock} of Python's {@code
 * multiprocessing}.
 *
 * <pre>{@code
 * // in the parent
 * ProcessLock lock = ProcessLock.open("log");
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(lock);
 *
 * // in the child, in a job
 * try (var hold = await(Parent.lock("log").acquire())) {
 *   if (hold.isAbandoned()) {
 *     repair(); // who held the lock before has died in the middle
 *   }
 *   append(line);
 * }
 * }</pre>
 *
 * <p>Fairness: the longest waiter is next, whatever process it is in.
 *
 * <p>Death: when a child dies, or a task ends, that holds the lock, the lock goes to the next who
 * asks for it, and {@link Hold#isAbandoned} tells that one. What the lock protects may then be half
 * changed. A waiter whose child dies leaves the queue.
 *
 * <p>Cancellation: a cancelled waiter does not hold the lock; or it was given the lock before it
 * was cancelled, returns from its await with it, and meets {@code Cancelled} at its next await. A
 * time limit by {@code within} is the same.
 *
 * <p>The lock is not reentrant: who holds it and acquires it again waits for itself.
 */
public sealed interface ProcessLock extends Shareable permits HostedLock, RemoteLock {

  /**
   * Opens a lock in this process, which nobody holds. Share it with children by {@link
   * ProcessOptions#sharing}.
   *
   * @param name the name by which children ask for the lock
   */
  static ProcessLock open(String name) {
    return new HostedLock(name);
  }

  /** Waits until this task holds the lock. Closing the result passes the lock on. */
  @CheckReturnValue
  YieldEvent<Hold, IOException> acquire();

  /** The lock, held by a task. */
  sealed interface Hold extends Held permits HostedLock.Grant, RemoteLock.RemoteHold {
    /** Whether the one who held the lock before has ended or died without passing it on. */
    boolean isAbandoned();

    /**
     * Passes the lock on. Does not wait.
     *
     * @throws IllegalStateException if it was passed on before
     */
    @Override
    void close();
  }
}
