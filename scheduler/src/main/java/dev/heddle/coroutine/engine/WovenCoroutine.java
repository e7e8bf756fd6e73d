package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.weave.Traces;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A body rewritten into a state machine, which needs no stack: the superclass of the classes that
 * package {@code weave} writes. Public, and with protected members, because those classes stand in
 * the packages of the bodies they were made of; not for anybody else.
 *
 * @param <Y> what it yields
 * @param <S> what is sent to it
 * @param <R> what it returns
 */
public abstract class WovenCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends Coroutine<Y, S, R> {

  /** 0 at the start, then the number of the suspension at which the body stands. */
  protected short place;

  /** For the machines. */
  protected WovenCoroutine() {}

  /** Method, source file and lines of the body: see {@link Traces#suspendedAt}. */
  protected abstract String sourceLines();

  /** Called by a machine when its body ends by {@code thrown}; corrects the stack trace. */
  protected final Throwable leaving(Throwable thrown, @Nullable Throwable raised) {
    return Traces.leaving(thrown, raised);
  }

  @Override
  protected final List<StackTraceElement> frames() {
    return List.of(Traces.suspendedAt(getClass(), sourceLines(), place));
  }
}
