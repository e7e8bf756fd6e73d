package dev.heddle.pool;

import org.jspecify.annotations.Nullable;

/** What {@link ThreadPool#map} does with each input, in a thread of the pool. */
@FunctionalInterface
public interface WorkFunction<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * Does it.
   *
   * @throws Exception anything: it arrives at the await
   */
  R apply(A input) throws Exception;
}
