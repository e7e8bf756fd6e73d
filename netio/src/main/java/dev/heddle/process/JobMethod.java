package dev.heddle.process;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A static method that a child process is to run, where a {@link Job} would be a class around it.
 *
 * <pre>{@code
 * static Set<String> findRobots(String log) { ... }
 *
 * List<Set<String>> found = co.await(pool.map(Logs::findRobots, logs));
 * }</pre>
 *
 * <p>It has to be the reference to a static method, which may be private: that has a name by which
 * the child finds it. A lambda, a constructor, a method of an object are refused with an {@code
 * IllegalArgumentException} that says so. The argument and the result travel by the {@link Codec};
 * what they may hold is told by the method's parameter and its result, and it runs like {@link
 * Job#run}.
 *
 * <p>It is {@code Serializable} because only such a reference can be asked what it refers to;
 * nothing is ever serialized.
 *
 * @param <A> the argument
 * @param <R> the result
 */
@FunctionalInterface
public interface JobMethod<A extends @Nullable Object, R extends @Nullable Object>
    extends Serializable {
  /**
   * Runs once, in the child; called here, runs here.
   *
   * @throws Exception anything: the caller gets it as the cause of a {@link JobFailedException}
   */
  R run(A argument) throws Exception;
}
