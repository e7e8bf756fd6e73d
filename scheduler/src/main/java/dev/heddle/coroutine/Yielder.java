package dev.heddle.coroutine;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The body's side of a {@link Coroutine}. Valid while the coroutine runs, in the body and in the
 * methods to which the body hands it.
 *
 * <p>Any method with a parameter of this type may yield, and whoever calls it is then suspended
 * with it:
 *
 * <pre>{@code
 * static void pair(Yielder<Integer, ?> y, int n) {
 *   y.yield(n);
 *   y.yield(n);
 * }
 *
 * Generator<Integer> pairs =
 *     Generator.of(
 *         y -> {
 *           for (int n = 0; ; n++) {
 *             pair(y, n);
 *           }
 *         });
 * }</pre>
 *
 * <p>Such a method is woven when a woven body first calls it, as the body is. A method that stores
 * its yielder, gives it to a constructor, captures it in a lambda that is no body, or yields inside
 * {@code synchronized} cannot be woven: that method runs on a stack, with the same result.
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
