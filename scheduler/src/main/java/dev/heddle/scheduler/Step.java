package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * A task in step style: a state machine written by hand. The cheapest kind; the other kinds are the
 * ones to read.
 *
 * <pre>{@code
 * final class Countdown extends Step<Void> {
 *   private int n = 10;
 *
 *   @Override
 *   protected YieldEvent<?, ?> step(Object sent) {
 *     if (n == 0) {
 *       return null; // the end
 *     }
 *     System.out.println("T-minus " + n--);
 *     return Task.yield();
 *   }
 * }
 * }</pre>
 *
 * <p>A class, not an interface, so that {@code spawn(co -> ...)} can mean one thing only.
 *
 * @param <T> the task's result
 */
public abstract class Step<T extends @Nullable Object> {

  /** For subclasses. */
  protected Step() {}

  /**
   * Runs from the last event to the next.
   *
   * @param sent the result of the event returned last; null at the first step
   * @return the event to wait for, or null at the end of the task
   * @throws Exception anything: it is the task's failure
   */
  protected abstract @Nullable YieldEvent<?, ?> step(@Nullable Object sent) throws Exception;

  /**
   * The event returned last has failed, or the task is cancelled. Handles it and goes on like
   * {@link #step}, or throws, which ends the task; this one throws. The first {@code step} has
   * always run.
   *
   * @return the event to wait for, or null at the end of the task
   * @throws Throwable the failure, if it is not handled
   */
  protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
    throw failure;
  }

  /** The task's result; asked for once, after the last step. Here null. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // a T that is null must say so
  protected T result() {
    return null;
  }
}
