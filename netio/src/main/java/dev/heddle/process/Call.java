package dev.heddle.process;

import dev.heddle.scheduler.Cancelled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A job that a caller wants done. A call first waits in the {@link CallQueue}, then is with a
 * child, and then is over. A call is over once: by a result, by a failure, or because its caller
 * has abandoned it.
 *
 * <p>Invariants: a call is with one child at the most. A call that is over does not begin.
 *
 * @param <R> the job's result
 */
final class Call<R extends @Nullable Object> {

  /** Who wants the job done. The caller is told the end once, and is not told after an abandon. */
  interface Caller<R extends @Nullable Object> {
    /** Whether nobody wants the job any more, so that it need not begin. */
    default boolean isGone() {
      return false;
    }

    void done(R result);

    void failed(Throwable failure);
  }

  private final JobType<?, R> job;
  private final @Nullable Object argument;
  private final Caller<R> caller;

  /** The child that runs the job; null before and after. */
  private @Nullable ChildProcess child;

  private boolean over;

  Call(JobType<?, R> job, @Nullable Object argument, Caller<R> caller) {
    this.job = job;
    this.argument = argument;
    this.caller = caller;
  }

  boolean isOver() {
    return over || caller.isGone();
  }

  /** Has the job done by a child and tells the caller; for a task in thread style. */
  void runIn(ChildProcess ready) {
    assert child == null : this + " has a child already";
    assert !over : this + " is over before it begins";
    child = ready;
    try {
      R result = ready.call(job, argument);
      child = null;
      done(result);
    } catch (IOException e) {
      child = null;
      failed(e);
    } catch (Cancelled e) {
      child = null;
      throw e;
    } catch (Throwable thrown) { // in the middle of who knows what: the child is of no use
      child = null;
      ready.kill();
      failed(thrown);
    }
  }

  private void done(R result) {
    if (!over) {
      over = true;
      caller.done(result);
    }
  }

  void failed(Throwable failure) {
    if (!over) {
      over = true;
      caller.failed(failure);
    }
  }

  /** The caller wants nothing any more. The child is killed, as a job cannot be interrupted. */
  void abandon() {
    over = true;
    if (child != null) {
      child.kill();
    }
  }

  @Override
  public String toString() {
    return job + (child == null ? "" : " in " + child);
  }
}
