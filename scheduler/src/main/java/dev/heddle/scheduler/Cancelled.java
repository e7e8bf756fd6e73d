package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at each await of a task that is cancelled, until the task ends. An {@code Error}, so that
 * {@code catch (Exception e)} does not swallow it; clean up in {@code finally} and let it pass.
 */
public final class Cancelled extends Error {
  private static final long serialVersionUID = 1L;

  private final String reason;

  Cancelled(Task<?> task, String reason, @Nullable YieldEvent<?, ?> waitingFor) {
    super(
        "task '"
            + task.name()
            + "' was cancelled: "
            + reason
            + (waitingFor == null ? "" : "; it was waiting for " + waitingFor.describe()));
    this.reason = reason;
  }

  /** Why, in the words of the one who cancelled. */
  public String reason() {
    return reason;
  }
}
