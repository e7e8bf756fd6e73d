package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An operation that waits when it is another process's, and not when it is this one's. */
final class AtOnce extends YieldEvent<@Nullable Void, IOException> {

  /** What is done when the event is yielded. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private final String description;
  private final Action action;

  AtOnce(String description, Action action) {
    this.description = description;
    this.action = action;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    try {
      action.run();
      wake(task, null);
    } catch (IOException | RuntimeException e) {
      failWith(task, e);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    throw new AssertionError(this + " never waits");
  }

  @Override
  public String describe() {
    return description;
  }
}
