package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An event that never waits: its action runs when the event is yielded. It serves operations of
 * {@link ProcessQueue} that wait in a child, where the parent has to be asked, and not in the
 * parent.
 */
final class ImmediateEvent extends SingleWaiterEvent<@Nullable Void, IOException> {

  /** What the event does. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private final String description;
  private final Action action;

  ImmediateEvent(String description, Action action) {
    this.description = description;
    this.action = action;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    action.run();
    wake(null);
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    throw new AssertionError(this + " never waits");
  }

  @Override
  public String describe() {
    return description;
  }
}
