package dev.heddle.coroutine.engine;

import org.jspecify.annotations.Nullable;

/**
 * The scheduler, as its engines see it: the engines tell it when a body stops without a yield.
 *
 * <p>A body with a thread of its own may call anything in the JDK that blocks: {@code
 * Thread.sleep}, a contended monitor, a socket. Its turn then ends as if it had yielded {@link
 * #blocked}; when the JDK lets the body go on, {@link #unblocked} asks the scheduler for a turn.
 *
 * @param <Y> what the scheduler's bodies yield
 */
public abstract class EngineHost<Y> {

  /**
   * The handoff body that had the last turn. The loop writes it, the {@link HandoffWatch} reads.
   */
  volatile @Nullable HandoffCoroutine<?, ?, ?> inTurn;

  /**
   * How many handoff turns there were: the watch tells a turn from the next by it. The loop writes
   * it before {@link #inTurn}; the watch reads it after.
   */
  long turns;

  /** Whether the watch knows this host. Only the loop reads and writes it. */
  boolean watched;

  /** Whether no body gets a turn any more. The loop writes it, the {@link HandoffWatch} reads. */
  volatile boolean ended;

  /** For the scheduler that extends it. */
  protected EngineHost() {}

  /** No body gets a turn any more, so that nobody need watch this host. */
  public final void end() {
    ended = true;
  }

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
