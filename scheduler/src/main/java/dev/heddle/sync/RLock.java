package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Task;
import java.util.Objects;

/**
 * A {@link Lock} that its holder may acquire again, as methods that lock and call each other need.
 * The lock is free when it has been released as many times as it was acquired.
 *
 * <pre>{@code
 * void increment(Awaiter co, int by) {
 *   try (var held = co.await(lock.acquire())) {
 *     value += by;
 *     co.await(save(value));
 *   }
 * }
 *
 * void decrement(Awaiter co, int by) {
 *   try (var held = co.await(lock.acquire())) {
 *     increment(co, -by); // acquires again
 *   }
 * }
 * }</pre>
 */
public final class RLock extends Lock {

  /** A lock that messages name by a number. */
  public RLock() {
    super("rlock", null);
  }

  /** A lock with a name for messages and dumps. */
  public RLock(String name) {
    super("rlock", Objects.requireNonNull(name, "name"));
  }

  /** Takes the lock if it is free or the caller holds it; does not yield. */
  @Override
  @CheckReturnValue
  public boolean tryAcquire() {
    if (holder() != null && holder() == identity.caller("tryAcquire")) {
      addLevel();
      return true;
    }
    return super.tryAcquire();
  }

  @Override
  void acquiredAgain(Task<?> task) {
    addLevel();
  }
}
