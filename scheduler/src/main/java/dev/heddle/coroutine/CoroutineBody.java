package dev.heddle.coroutine;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Coroutine} runs.
 *
 * @param <Y> what it yields
 * @param <S> what is sent to it
 * @param <R> what it returns
 */
@FunctionalInterface
public interface CoroutineBody<
    Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object> {

  /**
   * Runs once, from the first resume to the end of the coroutine.
   *
   * @param yielder gives values to the one who resumes; valid inside this call only
   * @return the coroutine's result
   * @throws Exception anything: it comes out of the resuming call
   */
  R run(Yielder<Y, S> yielder) throws Exception;
}
