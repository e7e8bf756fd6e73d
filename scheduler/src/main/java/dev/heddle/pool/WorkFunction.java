package dev.heddle.pool;

import org.jspecify.annotations.Nullable;

/**
 * What {@link ThreadPool#map} does with each input, in a thread of the pool.
 *
 * @param <A> the inputs
 * @param <R> the results
 */
@FunctionalInterface
public interface WorkFunction<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * Makes the result of one input.
   *
   * @throws Exception any exception; it is thrown where the result is awaited
   */
  R apply(A input) throws Exception;
}
