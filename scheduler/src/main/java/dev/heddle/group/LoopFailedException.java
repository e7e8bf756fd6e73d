package dev.heddle.group;

/**
 * A loop of a group has failed: its run has thrown, so its tasks were cancelled and none can be
 * started on it any more. The cause is what the run has thrown. The other loops go on.
 *
 * <p>Thrown where a task of that loop is awaited that did not end before, and where a task is to be
 * started on it: see {@link SchedulerGroup}.
 */
public final class LoopFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoopFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
