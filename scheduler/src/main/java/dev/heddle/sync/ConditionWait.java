package dev.heddle.sync;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One task's wait at a {@link Condition}.
 *
 * <pre>
 *   IDLE --yielded--> UNSIGNALLED --signal--> SIGNALLED --gets the lock--> IDLE, woken
 *                      ^  |                    |  |
 *                      |  | cancel             |  '-- if there is a predicate --> TESTING
 *                      |  v                    v cancel: passes the signal on       |   |
 *                      |  UNDONE <-------------'                                    |   |
 *                      |    '--gets the lock--> IDLE, woken to throw                |   |
 *                      '---------------- the predicate is false -------------------'   |
 *                                        it is true: IDLE, woken <---------------------'
 * </pre>
 *
 * SIGNALLED and UNDONE stand in the lock's queue. A cancelled TESTING has the lock: it passes the
 * signal on and throws at once. A cancelled UNSIGNALLED that finds the lock free takes it and
 * throws at once.
 */
final class ConditionWait extends LockWait<@Nullable Void> {
  private enum State {
    IDLE,
    UNSIGNALLED,
    SIGNALLED,
    UNDONE,
    TESTING
  }

  private final Condition condition;
  private final Lock lock;
  private final @Nullable BooleanSupplier predicate;
  private State state = State.IDLE;

  /** How many levels of the lock the task had, and gets back. */
  private int levels;

  ConditionWait(Condition condition, @Nullable BooleanSupplier predicate) {
    this.condition = condition;
    this.lock = condition.lock;
    this.predicate = predicate;
  }

  @Override
  int levels() {
    return levels;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (state != State.IDLE) {
      throw new IllegalStateException(describe() + " is in use; call it for each wait");
    }
    lock.checkHeldBy(task.task(), "await");
    testOrWait(task);
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter task) {
    assert state == State.TESTING && lock.holder() == task.task()
        : task + " tests without the lock";
    state = State.IDLE;
    testOrWait(task);
  }

  /** A wait without a predicate comes here once, and waits. */
  private void testOrWait(Waiter task) {
    if (predicate != null && predicate.getAsBoolean()) {
      wake(task, null);
      return;
    }
    state = State.UNSIGNALLED;
    condition.add(task, this);
    levels = lock.releaseAll();
  }

  void signalled(Waiter task) {
    assert state == State.UNSIGNALLED : task + " is signalled twice";
    state = State.SIGNALLED;
    if (lock.request(task, this)) {
      granted(task);
    }
  }

  @Override
  void granted(Waiter task) {
    assert state == State.SIGNALLED || state == State.UNDONE : task + " gets the lock unasked";
    boolean undone = state == State.UNDONE;
    state = State.IDLE;
    if (undone) {
      wakeUndone(task);
    } else if (predicate == null) {
      wake(task, null);
    } else {
      state = State.TESTING;
      wakeToResume(task);
    }
  }

  @Override
  void refused(Waiter task, RuntimeException why) {
    state = State.IDLE;
    fail(task, why);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    return switch (state) {
      case UNSIGNALLED -> condition.remove(task) && takesLockBack(task);
      case SIGNALLED -> {
        state = State.UNDONE;
        condition.passSignalOn();
        yield false;
      }
      case TESTING -> {
        state = State.IDLE;
        condition.passSignalOn();
        yield true;
      }
      case UNDONE, IDLE -> false;
    };
  }

  /** Whether the task need not wait for the lock: it is free, or will never be again. */
  private boolean takesLockBack(Waiter task) {
    boolean now = lock.isBroken() || lock.request(task, this);
    state = now ? State.IDLE : State.UNDONE;
    return now;
  }

  @Override
  public Resource resource() {
    return state == State.SIGNALLED || state == State.UNDONE ? lock : condition.identity();
  }

  @Override
  public String describe() {
    return switch (state) {
      case SIGNALLED -> lock.describeWithHolder() + ", signalled by " + condition.title();
      case UNDONE -> lock.describeWithHolder() + ", to leave " + condition.title();
      case IDLE, UNSIGNALLED, TESTING ->
          "a signal of " + condition.title() + " of " + lock.describeWithHolder();
    };
  }
}
