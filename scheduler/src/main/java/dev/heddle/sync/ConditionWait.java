package dev.heddle.sync;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
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
 * <p>In the states SIGNALLED and UNDONE the waiter stands in the lock's queue. In the state TESTING
 * its task holds the lock; if it is cancelled then, or if its predicate throws, it passes the
 * signal on and throws at once. If a task is cancelled in the state UNSIGNALLED and the lock is
 * free, the task takes the lock and throws at once.
 */
final class ConditionWait extends SingleWaiterEvent<@Nullable Void, RuntimeException>
    implements LockWait {
  private enum State {
    /** Nobody waits. */
    IDLE,
    /** Stands in the condition's queue. */
    UNSIGNALLED,
    /** Stands in the lock's queue, to return. */
    SIGNALLED,
    /** Stands in the lock's queue, to throw because of a cancellation. */
    UNDONE,
    /** Has the lock, and tests the predicate in its next turn. */
    TESTING
  }

  private final Condition condition;
  private final Lock lock;
  private final @Nullable BooleanSupplier predicate;
  private State state = State.IDLE;

  /** How many levels of the lock the task had, and gets back. Set with UNSIGNALLED. */
  private int levels;

  ConditionWait(Condition condition, @Nullable BooleanSupplier predicate) {
    this.condition = condition;
    this.lock = condition.lock;
    this.predicate = predicate;
  }

  @Override
  public int levels() {
    return levels;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    lock.checkHeldBy(waiter.task(), "await");
    testOrWait(waiter);
    assert valid() : this;
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    assert state == State.TESTING : this + " is " + state + " and not to be tested";
    state = State.IDLE;
    try {
      testOrWait(waiter);
    } catch (Throwable thrown) { // by the predicate
      condition.passSignalOn();
      failWith(thrown);
    }
    assert valid() : this;
  }

  /** A wait without a predicate comes here once, and waits. */
  private void testOrWait(Waiter waiter) {
    if (predicate != null && predicate.getAsBoolean()) {
      wake(null);
      return;
    }
    state = State.UNSIGNALLED;
    condition.waiters.add(waiter);
    levels = lock.releaseAll();
  }

  /** The waiter has left the condition's queue and goes to the lock's. */
  void signalled(Waiter waiter) {
    assert state == State.UNSIGNALLED : this + " is " + state + " and signalled";
    state = State.SIGNALLED;
    if (lock.request(waiter, this)) {
      granted(waiter);
    }
    assert valid() : this;
  }

  @Override
  public void granted(Waiter waiter) {
    assert state == State.SIGNALLED || state == State.UNDONE : this + " gets the lock unasked";
    boolean undone = state == State.UNDONE;
    if (predicate != null && !undone) {
      state = State.TESTING;
      wakeToResume(waiter);
      return;
    }
    state = State.IDLE;
    if (undone) {
      wakeUndone();
    } else {
      wake(null);
    }
  }

  @Override
  public void refused(Waiter waiter, RuntimeException why) {
    state = State.IDLE;
    fail(why);
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    return switch (state) {
      case UNSIGNALLED -> condition.waiters.remove(waiter) && takesLockBack(waiter);
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

  /** Whether the task need not wait for the lock: it is free, or it is broken for ever. */
  private boolean takesLockBack(Waiter waiter) {
    boolean now = lock.isBroken() || lock.request(waiter, this);
    state = now ? State.IDLE : State.UNDONE;
    return now;
  }

  /** Somebody waits unless the state is IDLE; a task that tests holds the lock. */
  private boolean valid() {
    Waiter waiter = waiter();
    return (state == State.IDLE) == (waiter == null)
        && (state != State.TESTING || (waiter != null && lock.holder() == waiter.task()));
  }

  @Override
  public Resource resource() {
    return state == State.SIGNALLED || state == State.UNDONE ? lock : condition.identity;
  }

  @Override
  public String describe() {
    String title = condition.identity.title();
    return switch (state) {
      case SIGNALLED -> lock.describeWithHolder() + ", signalled by " + title;
      case UNDONE -> lock.describeWithHolder() + ", to leave " + title;
      case IDLE, UNSIGNALLED, TESTING ->
          "a signal of " + title + " of " + lock.describeWithHolder();
    };
  }
}
