package dev.heddle.scheduler;

/**
 * Thrown at each await of a task that is cancelled, until the scope is left that was cancelled: the
 * task's own end, or a {@link CancelScope}. An {@code Error}, so that {@code catch (Exception e)}
 * does not swallow it; clean up in {@code finally} and let it pass.
 */
public final class Cancelled extends Error {
  private static final long serialVersionUID = 1L;

  private final transient Task<?> task;
  private final transient CancelScope<?> scope;
  private final String reason;

  Cancelled(Task<?> task, CancelScope<?> scope, String reason, String details) {
    super("task '" + task.name() + "' was cancelled: " + reason + details);
    this.task = task;
    this.scope = scope;
    this.reason = reason;
  }

  /** Why, in the words of the one who cancelled. */
  public String reason() {
    return reason;
  }

  /** The task at whose await it was thrown. */
  public Task<?> task() {
    return task;
  }

  /** What was cancelled. */
  CancelScope<?> scope() {
    return scope;
  }
}
