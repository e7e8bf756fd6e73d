package dev.heddle.coroutine;

import org.jspecify.annotations.Nullable;

/**
 * The {@link Yielder} that the code of a woven body sees where it does not yield by it, as in a
 * comparison. A woven body yields without one.
 */
final class OutsideYielder implements Yielder<Object, Object> {
  @Override
  public Object yield(@Nullable Object value) {
    throw new IllegalStateException("yield called from elsewhere than the running body");
  }
}
