package dev.heddle.coroutine;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Coroutine} runs.
 *
 * <p>{@code Serializable} for one reason: a lambda of a serializable interface can tell which
 * method it stands for, and {@link Engine#WOVEN} needs to know that. Heddle never serializes a
 * body.
 *
 * @param <Y> what it yields
 * @param <S> what is sent to it
 * @param <R> what it returns
 */
@FunctionalInterface
public interface CoroutineBody<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends Serializable {

  /**
   * Runs once, from the first resume to the end of the coroutine.
   *
   * @param yielder gives values to the caller who resumes; valid inside this call only
   * @return the coroutine's result
   * @throws Exception any exception; the resuming call throws it
   */
  R run(Yielder<Y, S> yielder) throws Exception;
}
