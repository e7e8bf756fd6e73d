package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What a task yields to which nothing is left to do but to wait for the groups it has left:
 * complete at once, and never cancelled.
 */
final class Lingering extends YieldEvent<@Nullable Void, RuntimeException> {
  static final Lingering EVENT = new Lingering();

  private Lingering() {}

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    wake(task, null);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    return false;
  }

  @Override
  boolean startsWhenCancelled() {
    return true;
  }

  @Override
  public String describe() {
    return "its own end";
  }
}
