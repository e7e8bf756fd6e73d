package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * {@link Task#yield}. The one event that many tasks may share at once: it keeps nothing of them.
 */
final class GiveUpTurn extends YieldEvent<@Nullable Void, RuntimeException> {
  static final GiveUpTurn EVENT = new GiveUpTurn();

  private GiveUpTurn() {}

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    if (waiter instanceof Task<?> task) {
      task.wakeToBack(this);
    } else {
      wakeToResume(waiter); // a part of a whole, which waits for the next turn
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter task) {
    wake(task, null);
  }

  /** As a part of a whole only: else the task is ready, and does not wait. */
  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    return true;
  }

  @Override
  public String describe() {
    return "its next turn";
  }
}
