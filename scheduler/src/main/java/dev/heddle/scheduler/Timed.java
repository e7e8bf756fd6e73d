package dev.heddle.scheduler;

/**
 * Something that can stand in a scheduler's deadline queue, in one place at a time.
 *
 * <p>Every event is one, so that a wait with a deadline needs no second object. Others extend it
 * for deadlines that no single task waits for, as a server does for its idle connections: {@link
 * Scheduler#setDeadline} arms it, {@link Scheduler#clearDeadline} disarms it.
 */
public abstract class Timed {
  /** Not in the queue. */
  static final int NOT_QUEUED = -1;

  /** Not in the queue, and an event that is watched by {@link ForgottenAwaits}. */
  static final int NOT_AWAITED = -2;

  /** The place, which {@link Deadlines} writes; or why there is none. */
  int queuePlace = NOT_QUEUED;

  /** For subclasses. */
  protected Timed() {}

  /** Whether a deadline is set and has not passed. */
  protected final boolean hasDeadline() {
    return queuePlace >= 0;
  }

  /**
   * Whether this is a deadline that no task waits for, as that of a tool which looks at the
   * scheduler now and then; here false. When all tasks wait and only such deadlines are left, the
   * run fails with a {@link DeadlockException} instead of waiting for them. The answer must not
   * change while a deadline is set.
   */
  protected boolean isBackground() {
    return false;
  }

  /**
   * Whether the deadline competes with what a poll may find: it fires only after a poll that began
   * after it, and after the turns of the tasks which that poll woke. A sleeper does not wait for
   * that.
   */
  boolean comesAfterPolls() {
    return true;
  }

  /**
   * The deadline has passed. Called by the loop, between two turns, once for each deadline set; by
   * then {@link #hasDeadline} is false, so that a new one may be set.
   */
  protected void handleDeadline(Scheduler scheduler) {
    throw new IllegalStateException(getClass().getName() + " has no use for a deadline");
  }
}
