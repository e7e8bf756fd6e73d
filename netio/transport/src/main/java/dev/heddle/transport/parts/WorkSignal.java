package dev.heddle.transport.parts;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import org.jspecify.annotations.Nullable;

/** Tells one task that there is something to do: a ring before the wait is heard by the wait. */
public final class WorkSignal extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
  private final String what;

  /** Whether there is something to do of which nobody was told: so nobody waits meanwhile. */
  private boolean rung;

  /**
   * Nothing to do yet.
   *
   * @param what what is waited for, in dumps
   */
  public WorkSignal(String what) {
    this.what = what;
  }

  /** There is something to do. */
  public void ring() {
    if (waiter() != null) {
      assert !rung : this + " was rung and somebody waits";
      wake(null);
    } else {
      rung = true;
    }
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    if (rung) {
      rung = false;
      wake(null);
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    return true;
  }

  @Override
  protected boolean mustBeAwaited() {
    return false;
  }

  @Override
  public String describe() {
    return what;
  }
}
