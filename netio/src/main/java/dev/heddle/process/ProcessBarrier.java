package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;

/**
 * A place where a fixed number of tasks of several processes wait for each other, like {@code
 * Barrier} of Python's {@code multiprocessing}. When the last of them has come all go on, and the
 * barrier is ready for the next round.
 *
 * <pre>{@code
 * // in the parent
 * ProcessBarrier barrier = ProcessBarrier.open("phase", 3);
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(barrier);
 *
 * // in the job of each of three children
 * for (int phase = 0; phase < 10; phase++) {
 *   compute(phase);
 *   if (await(Parent.barrier("phase").await()) == 0) { // exactly one of them
 *     report(phase);
 *   }
 * }
 * }</pre>
 *
 * <p>A waiter that is cancelled, and one whose child dies, counts no longer, and the others wait
 * on. Who cannot do without it calls {@link #abort}, or waits with a time limit.
 */
public sealed interface ProcessBarrier extends Shareable permits HostedBarrier, RemoteBarrier {

  /**
   * Opens a barrier in this process. Share it with children by {@link ProcessOptions#sharing}.
   *
   * @param name the name by which children ask for the barrier
   * @param parties how many tasks wait for each other, 1 or more
   * @throws IllegalArgumentException if the number is less than 1
   */
  static ProcessBarrier open(String name, int parties) {
    return new HostedBarrier(name, parties);
  }

  /**
   * Waits until all tasks have come. The result is the place in which this task came, counted from
   * 0.
   *
   * <p>Fails with a {@link java.util.concurrent.BrokenBarrierException} if the barrier is broken,
   * or is aborted or reset while the task waits; with an {@code IOException} if the parent fails.
   */
  @CheckReturnValue
  YieldEvent<Integer, Exception> await();

  /** Breaks the barrier: all waiters fail, and all that come before the next reset. */
  void abort();

  /** Makes the barrier as new; the waiters of before fail. */
  void reset();
}
