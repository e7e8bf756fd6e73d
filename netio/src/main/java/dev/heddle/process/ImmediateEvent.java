package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An event that never waits: its action runs when the event is yielded. It serves operations on
 * shared things that wait in a child, where the parent has to be asked, and not in the parent.
 */
final class ImmediateEvent<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {

  /** What the event does, and its result. */
  @FunctionalInterface
  interface Action<T extends @Nullable Object> {
    T run() throws IOException;
  }

  private final String description;
  private final Action<T> action;

  ImmediateEvent(String description, Action<T> action) {
    this.description = description;
    this.action = action;
  }

  /** An event without a result. */
  static ImmediateEvent<@Nullable Void> of(String description, Runnable action) {
    return new ImmediateEvent<>(
        description,
        () -> {
          action.run();
          return null;
        });
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    wake(action.run());
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
