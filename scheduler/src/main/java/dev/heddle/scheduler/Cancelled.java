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

  /** Whether it is made, so that it may get a trace. */
  private final boolean made;

  Cancelled(Task<?> task, CancelScope<?> scope, String reason, String details) {
    super("task '" + task.name() + "' was cancelled: " + reason + details);
    this.task = task;
    this.scope = scope;
    this.reason = reason;
    this.made = true;
  }

  /**
   * Does nothing while it is made, on the loop: it gets the lines of the await, and thousands may
   * be made at once.
   */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the one that it calls is synchronized
  public Throwable fillInStackTrace() {
    return made ? super.fillInStackTrace() : this;
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

  // Turning back: who stands outside of a scope sees no Cancelled that only that scope has caused.

  /**
   * What goes on outside of all the scopes that were left, in place of what comes out of them: for
   * a {@link Cancelled} that the time of one of them has caused, a {@link
   * java.util.concurrent.TimeoutException}; for one that the failure of a child has caused, that
   * failure; else the same.
   */
  static Throwable outside(Throwable thrown) {
    return thrown instanceof Cancelled cancelled ? cancelled.scope.turnedBack(cancelled) : thrown;
  }

  /**
   * Called by woven code in place of {@link Throwable#addSuppressed}, which is what {@code try
   * (...)} does when {@code close} throws too. What the close of a scope throws takes the place of
   * what that scope has caused.
   */
  static void suppress(Throwable thrown, Throwable byClose) throws Throwable {
    if (thrown != byClose && outside(thrown) == byClose) {
      throw byClose;
    }
    thrown.addSuppressed(byClose);
  }
}
