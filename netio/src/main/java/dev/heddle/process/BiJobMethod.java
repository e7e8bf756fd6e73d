package dev.heddle.process;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a static method of two parameters that is to run in a child process; see {@link
 * JobMethod} for what is refused.
 *
 * <pre>{@code
 * List<Double> powers = co.await(pool.map(Math::pow, bases, exponents));
 * }</pre>
 *
 * @param <A> the first argument
 * @param <B> the second argument
 * @param <R> the result
 */
@FunctionalInterface
public interface BiJobMethod<
        A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
    extends Serializable {
  /**
   * Does the work, once, in the child. A direct call does the work here.
   *
   * @throws Exception anything; the caller gets a {@link JobFailedException} whose cause tells
   *     about the exception
   */
  R run(A first, B second) throws Exception;
}
