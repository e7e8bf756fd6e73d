package dev.heddle.coroutine;

import dev.heddle.coroutine.engine.Delegation;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a body yields for each of {@link Yielder}'s {@code yieldFrom}. Woven bodies are linked to
 * these methods by their name and parameter: see {@code weave.Linkage}.
 */
final class YieldFrom {
  private YieldFrom() {}

  /** For {@link Yielder#yieldFrom(Coroutine)}. */
  static Object of(Coroutine<?, ?, ?> inner) {
    return new Delegation(inner);
  }

  /** For {@link Yielder#yieldFrom(Iterable)}. */
  static Object of(Iterable<?> inner) {
    return inner instanceof Generator<?> generator ? of(generator.take()) : of(inner.iterator());
  }

  /** For {@link Yielder#yieldFrom(Iterator)}. */
  static Object of(Iterator<?> inner) {
    return new Delegation(new Items(inner));
  }

  /** An iterator as a coroutine: {@code next} is all that it can do. */
  private static final class Items extends Coroutine<Object, Object, Object> {
    private final Iterator<?> items;

    Items(Iterator<?> items) {
      this.items = items;
    }

    @Override
    protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
      if (raised != null) {
        if (raised instanceof GeneratorExit && items instanceof AutoCloseable closeable) {
          closeable.close();
        }
        throw raised;
      }
      if (sent != null) {
        throw new UnsupportedOperationException(
            "cannot send "
                + sent
                + " to an iterator of "
                + items.getClass().getName()
                + "; only a coroutine takes values");
      }
      boolean more = items.hasNext();
      answer(more ? items.next() : null);
      return more;
    }
  }
}
