package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Held;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits for the tasks of several processes, like {@code Semaphore} and {@code
 * BoundedSemaphore} of Python's {@code multiprocessing}.
 *
 * <pre>{@code
 * // in the parent
 * ProcessSemaphore connections = ProcessSemaphore.bounded("connections", 5);
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(connections);
 *
 * // in the child, in a job
 * try (var permit = await(Parent.semaphore("connections").acquire())) {
 *   load(url); // at most five tasks of all processes do this at a time
 * }
 * }</pre>
 *
 * <p>Fairness: the longest waiter is served first, whatever process it is in.
 *
 * <p>Death: the permits of a {@link #bounded} semaphore that a dead child had taken are given back,
 * because such permits stand for a limit. Those of a semaphore of {@link #open} are not, because
 * such permits may be signals, and a signal that was taken is used up.
 *
 * <p>Cancellation: a cancelled waiter takes nothing; or it had the permit already, returns from its
 * await with it, and meets {@code Cancelled} at its next await.
 */
public sealed interface ProcessSemaphore extends Shareable
    permits HostedSemaphore, RemoteSemaphore {

  /**
   * Opens a semaphore whose permits anybody may {@link #release}, however many there are then.
   *
   * @param name the name by which children ask for the semaphore
   * @param permits how many permits there are, 0 or more
   * @throws IllegalArgumentException if the number of permits is negative
   */
  static ProcessSemaphore open(String name, int permits) {
    return new HostedSemaphore(name, permits, false);
  }

  /**
   * Opens a semaphore that never has more permits than at its start.
   *
   * @param name the name by which children ask for the semaphore
   * @param permits how many permits there are, 0 or more
   * @throws IllegalArgumentException if the number of permits is negative
   */
  static ProcessSemaphore bounded(String name, int permits) {
    return new HostedSemaphore(name, permits, true);
  }

  /**
   * Waits for a permit. Closing the result gives the permit back and does not wait; who takes a
   * permit as a signal does not close it.
   */
  @CheckReturnValue
  YieldEvent<Held, IOException> acquire();

  /**
   * Adds a permit, or gives one back.
   *
   * <p>Fails with an {@code IllegalStateException} if the semaphore is bounded and has all of its
   * permits.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> release();
}
