package dev.heddle.coroutine;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The body's side of a {@link Coroutine}.
 *
 * @param <Y> what is yielded
 * @param <S> what is sent back
 */
public interface Yielder<Y extends @Nullable Object, S extends @Nullable Object> {

  /**
   * Hands {@code value} to the caller who resumed the coroutine, and stops the body until the
   * coroutine is resumed again.
   *
   * @return what was sent
   * @throws IllegalStateException if called from elsewhere than the running body
   */
  S yield(Y value);

  /**
   * Delegates to another coroutine, on any engine: yields what that one yields, until it ends.
   *
   * <pre>{@code
   * static Coroutine<String, Integer, Integer> sum(String prompt) { ... }
   *
   * Coroutine<String, Integer, Integer> product =
   *     Coroutine.of(y -> y.yieldFrom(sum("apples?")) * y.yieldFrom(sum("pears?")));
   * }</pre>
   *
   * <p>What is sent meanwhile is sent to the inner coroutine, and what is raised is raised in the
   * inner one. Closing closes the inner one first, and then throws {@link GeneratorExit} here. What
   * the inner one throws is thrown here. The body that delegates is not woken for the values in
   * between.
   *
   * <p>An inner coroutine that has yielded already goes on from there. One that has ended answers
   * with its result at once.
   *
   * <p>Source: PEP 380.
   *
   * @return what the inner coroutine returned
   * @throws IllegalStateException if the inner coroutine is running, as it is if it delegates to
   *     itself; or if it has failed before
   */
  @SuppressWarnings("unchecked") // the coroutine sees a Delegation, and sends the inner's R
  default <R extends @Nullable Object> R yieldFrom(Coroutine<? extends Y, ? super S, R> inner) {
    return (R) ((Yielder<Object, ?>) this).yield(YieldFrom.of(inner));
  }

  /**
   * Yields all items of a {@link Generator}, or of any other {@code Iterable}.
   *
   * <p>The body delegates to a generator as it does to a coroutine: what is raised is raised in the
   * generator, which is closed with this body. Another {@code Iterable} gives items and takes
   * nothing: what is raised is thrown here, and a value that is sent is refused here.
   *
   * @throws UnsupportedOperationException if a value is sent and {@code inner} is not a generator
   * @throws IllegalStateException if {@code inner} is a generator that is iterated already
   */
  @SuppressWarnings("unchecked") // the coroutine sees a Delegation
  default void yieldFrom(Iterable<? extends Y> inner) {
    ((Yielder<Object, ?>) this).yield(YieldFrom.of(inner));
  }

  /**
   * Yields the items that are left in an iterator. Closing this body closes the iterator if it is
   * {@code AutoCloseable}. All else is as for an {@code Iterable}.
   *
   * @throws UnsupportedOperationException if a value is sent
   */
  @SuppressWarnings("unchecked") // the coroutine sees a Delegation
  default void yieldFrom(Iterator<? extends Y> inner) {
    ((Yielder<Object, ?>) this).yield(YieldFrom.of(inner));
  }
}
