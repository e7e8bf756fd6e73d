package dev.heddle.process;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a static method that is to run in a child process.
 *
 * <pre>{@code
 * final class Logs {
 *   static Set<String> findRobots(String log) { ... }
 * }
 *
 * List<Set<String>> found = co.await(pool.map(Logs::findRobots, logs));
 * }</pre>
 *
 * <p>The method may be private. Everything that is not a reference to a static method is refused: a
 * lambda, a constructor, and a method of an object. {@link JobType#of(JobMethod)} gives the job a
 * type to keep, which helps where one name has several methods. The argument and the result travel
 * by the {@link dev.heddle.process.codec.Codec}; the method's parameter and its return type tell
 * what the argument and the result may hold. The method runs as {@link Job#run} does.
 *
 * <p>The interface is {@code Serializable} only because a serializable reference can be asked which
 * method it refers to. Nothing is ever serialized.
 *
 * @param <A> the argument
 * @param <R> the result
 */
@FunctionalInterface
public interface JobMethod<A extends @Nullable Object, R extends @Nullable Object>
    extends Serializable {
  /**
   * Does the work, once, in the child. A direct call does the work here.
   *
   * @throws Exception anything; the caller gets a {@link JobFailedException} whose cause tells
   *     about the exception
   */
  R run(A argument) throws Exception;
}
