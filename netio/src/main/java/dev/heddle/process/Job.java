package dev.heddle.process;

import org.jspecify.annotations.Nullable;

/**
 * What a child process is to do: a class of its own, because a class can be named to another JVM
 * and a lambda cannot. Where a static method is all there is to do, {@link JobMethod} saves the
 * class.
 *
 * <pre>{@code
 * record Range(int from, int to) {}
 *
 * static final class CountPrimes implements Job<Range, Integer> {
 *   @Override
 *   public Integer run(Range range) { ... }
 * }
 *
 * int primes = co.await(pool.apply(CountPrimes.class, new Range(0, 1_000_000)));
 * }</pre>
 *
 * <p>The class is static or top-level and has a constructor without parameters; neither need be
 * public. The child has the parent's class path and makes a new object for each call. Only the
 * argument and the result travel, by the {@link Codec}; what they may hold is told by the two type
 * parameters.
 *
 * <p>It runs as a task in thread style of a scheduler in the child: it may compute and never wait,
 * or {@code Task.await} any event, those of {@link Parent} among them.
 *
 * @param <A> the argument
 * @param <R> the result
 */
@FunctionalInterface
public interface Job<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * Runs once, in the child.
   *
   * @throws Exception anything: the caller gets it as the cause of a {@link JobFailedException}
   */
  R run(A argument) throws Exception;
}
