package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * {@link Task#yield}. The one event that many tasks may share at once: it keeps nothing of them.
 */
final class GiveUpTurn extends YieldEvent<@Nullable Void, RuntimeException> {
  static final GiveUpTurn EVENT = new GiveUpTurn();

  private GiveUpTurn() {}

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> task) {
    task.wakeToBack(this);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Task<?> task) {
    return false; // the task is ready, it does not wait
  }

  @Override
  public String describe() {
    return "its next turn";
  }
}
