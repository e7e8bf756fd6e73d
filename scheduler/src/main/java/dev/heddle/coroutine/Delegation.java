package dev.heddle.coroutine;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a body yields for {@code yieldFrom}: not a value, but the request that the inner coroutine
 * has the turns until it ends. {@link Coroutine} sees it behind {@code advance} and grants it, so
 * that an engine has nothing to do for PEP 380: to its body {@code yieldFrom} is a yield at which
 * the inner's result is sent, or its failure raised.
 *
 * <p>The body itself is not woken for the inner's values: an item through ten levels costs one
 * switch and ten calls. The PEP's expansion, a loop in the body, would cost ten switches.
 */
record Delegation(Coroutine<?, ?, ?> inner) {

  static Delegation to(Iterable<?> inner) {
    return inner instanceof Generator<?> generator
        ? new Delegation(generator.take())
        : to(inner.iterator());
  }

  static Delegation to(Iterator<?> inner) {
    return new Delegation(new Items(inner));
  }

  /** An iterator as a coroutine: it knows {@code next} only. */
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
