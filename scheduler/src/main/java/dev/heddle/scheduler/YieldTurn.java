package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * {@link Task#yield}. The one event that many tasks may share at once: it keeps nothing of them.
 */
final class YieldTurn extends YieldEvent<@Nullable Void, RuntimeException> {
  static final YieldTurn EVENT = new YieldTurn();

  private YieldTurn() {}

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    if (waiter instanceof Task<?> task) {
      TaskState.giveUpTurn(task);
    } else {
      wakeToResume(waiter); // an arm or a limit, whose task waits for its next turn
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    wake(waiter, null);
  }

  /**
   * Called for an arm or a limit only: a task that yields by itself is ready, and does not wait.
   */
  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    return true;
  }

  @Override
  public String describe() {
    return "its next turn";
  }
}
