package dev.heddle.coroutine.engine;

import org.jspecify.annotations.Nullable;

/**
 * The scheduler, as its engines see it: who is told when a body stops where it did not yield.
 *
 * <p>A body with a thread of its own may call anything in the JDK that blocks: {@code
 * Thread.sleep}, a contended monitor, a socket. Its turn then ends as if it had yielded {@link
 * #blocked}; when the JDK lets the body go on, {@link #unblocked} asks the scheduler for a turn.
 *
 * @param <Y> what the scheduler's bodies yield
 */
public abstract class EngineHost<Y> {

  /** The handoff body that had the last turn; the {@link HandoffWatch} looks at it from aside. */
  volatile @Nullable HandoffCoroutine<?, ?, ?> inTurn;

  /** How many handoff turns there were, so that the watch can tell one from the next. */
  long turns;

  /** Whether the watch knows this host; the loop's. */
  boolean watched;

  /** For the scheduler that extends it. */
  protected EngineHost() {}

  /**
   * The body that ran on {@code thread} has stopped in a call of the JDK. Called by the loop, in
   * the middle of the body's turn.
   *
   * @return what the resuming call shall answer as yielded
   */
  protected abstract Y blocked(Thread thread);

  /**
   * The body for which {@link #blocked} gave {@code token} can go on: resume it, with null, in a
   * turn of its own. Called from any thread, once for each token; it must not block and must not
   * throw.
   */
  protected abstract void unblocked(Y token);
}
