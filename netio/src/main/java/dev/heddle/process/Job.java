package dev.heddle.process;

import org.jspecify.annotations.Nullable;

/**
 * The work of a child process. A job is a class of its own, because another JVM can find a class by
 * its name and cannot find a lambda. Where the work is one static method, {@link JobMethod} saves
 * the class.
 *
 * <pre>{@code
 * record Range(int from, int to) {}
 *
 * static final class CountPrimes implements Job<Range, Integer> {
 *   @Override
 *   public Integer run(Range range) { ... }
 * }
 *
 * int primes = co.await(pool.apply(JobType.of(CountPrimes.class), new Range(0, 1_000_000)));
 * }</pre>
 *
 * <p>The class is static or top-level, and has a constructor without parameters; neither need be
 * public. The child has the parent's class path and creates a new object for each call. Only the
 * argument and the result travel, by the {@link dev.heddle.process.codec.Codec}; the two type
 * parameters tell what the argument and the result may hold.
 *
 * <p>The job runs in the child as a task in thread style. It may compute without waiting, and it
 * may wait for any event by {@code Task.await}, for example for those of {@link Parent}.
 *
 * @param <A> the argument
 * @param <R> the result
 */
@FunctionalInterface
public interface Job<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * Does the work, once, in the child.
   *
   * @throws Exception anything; the caller gets a {@link JobFailedException} whose cause tells
   *     about the exception
   */
  R run(A argument) throws Exception;
}
