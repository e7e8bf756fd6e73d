package dev.heddle.process;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job that somebody wants done: waits in the {@link Backlog}, is with a child, is over. Over it
 * is once: with a result, a failure, or because nobody wants it any more.
 */
final class Call {

  /** Who wants it done; told once, unless the call was abandoned. */
  interface Caller {
    /** Whether it need not be begun any more. */
    default boolean isGone() {
      return false;
    }

    /** The result. */
    void done(@Nullable Object result);

    /** The failure: an {@code IOException}, or something that is nobody's fault but ours. */
    void failed(Throwable failure);
  }

  final JobType type;
  final @Nullable Object argument;
  private final Caller caller;

  /** Which child has it; null before and after. */
  private @Nullable Child child;

  private boolean over;

  Call(JobType type, @Nullable Object argument, Caller caller) {
    this.type = Objects.requireNonNull(type);
    this.argument = argument;
    this.caller = caller;
  }

  boolean isOver() {
    return over || caller.isGone();
  }

  /** Has it done by a child; in a task in thread style. */
  void runIn(Child worker) {
    child = worker;
    try {
      Object result = worker.call(type, argument);
      child = null;
      done(result);
    } catch (IOException | RuntimeException e) {
      child = null;
      failed(e);
    }
  }

  private void done(@Nullable Object result) {
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

  /** Nobody wants it any more; a child that is at it is killed, as a job cannot be interrupted. */
  void abandon() {
    over = true;
    if (child != null) {
      child.kill();
    }
  }

  @Override
  public String toString() {
    return type + (child == null ? "" : " in " + child);
  }
}
