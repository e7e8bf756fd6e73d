package dev.heddle.coroutine;

import org.jspecify.annotations.Nullable;

/**
 * The body's side of a {@link Coroutine}.
 *
 * @param <Y> what is yielded
 * @param <S> what is sent back
 */
public interface Yielder<Y extends @Nullable Object, S extends @Nullable Object> {

  /**
   * Hands {@code value} to the one who resumed the coroutine and stops until it is resumed again.
   *
   * @return what was sent
   * @throws IllegalStateException if called by anybody but the body while it runs
   */
  S yield(Y value);
}
