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
   * Hands {@code value} to the one who resumed the coroutine and stops until it is resumed again.
   *
   * @return what was sent
   * @throws IllegalStateException if called by anybody but the body while it runs
   */
  S yield(Y value);

  /**
   * Delegates to another coroutine, on whatever engine: yields what it yields, until it ends.
   *
   * <pre>{@code
   * static Coroutine<String, Integer, Integer> sum(String prompt) { ... }
   *
   * Coroutine<String, Integer, Integer> product =
   *     Coroutine.of(y -> y.yieldFrom(sum("apples?")) * y.yieldFrom(sum("pears?")));
   * }</pre>
   *
   * <p>What is sent meanwhile is sent to the inner coroutine, what is raised is raised in it, and
   * closing closes it first, before {@link GeneratorExit} is thrown here. What it throws is thrown
   * here. The body that delegates is not woken for the items in between.
   *
   * <p>One that has yielded already goes on from there; one that has ended answers with its result
   * at once.
   *
   * <p>Source: PEP 380.
   *
   * @return what the inner coroutine returned
   * @throws IllegalStateException if the inner coroutine is executing, as it is if it delegates to
   *     itself; or if it has failed before
   */
  @SuppressWarnings("unchecked") // the coroutine sees a Delegation, and sends the inner's R
  default <R extends @Nullable Object> R yieldFrom(Coroutine<? extends Y, ? super S, R> inner) {
    return (R) ((Yielder<Object, ?>) this).yield(YieldFrom.of(inner));
  }

  /**
   * Yields all items, of a {@link Generator} or of anything else that can be iterated.
   *
   * <p>A generator is delegated to as a coroutine is: it takes what is raised, and is closed with
   * this body. Other items know {@code next} only: what is raised is thrown here; what is sent, if
   * it is not null, is refused here.
   *
   * @throws UnsupportedOperationException if a value is sent and {@code inner} is not a generator
   * @throws IllegalStateException if {@code inner} is a generator that is iterated already
   */
  @SuppressWarnings("unchecked") // the coroutine sees a Delegation
  default void yieldFrom(Iterable<? extends Y> inner) {
    ((Yielder<Object, ?>) this).yield(YieldFrom.of(inner));
  }

  /**
   * Yields the items that are left. Closing this body closes the iterator, if it is {@code
   * AutoCloseable}; else as for an {@code Iterable}.
   *
   * @throws UnsupportedOperationException if a value is sent
   */
  @SuppressWarnings("unchecked") // the coroutine sees a Delegation
  default void yieldFrom(Iterator<? extends Y> inner) {
    ((Yielder<Object, ?>) this).yield(YieldFrom.of(inner));
  }
}
