package dev.heddle.coroutine;

import org.jspecify.annotations.Nullable;

/**
 * One step of {@code yieldFrom} (PEP 380), as the machines of package {@code weave} call it; public
 * because they stand in the packages of their bodies.
 */
public final class WovenDelegation {
  private WovenDelegation() {}

  /**
   * Passes on to {@code inner} what came to the yield.
   *
   * @return true if the inner coroutine yielded, false if it returned
   */
  public static boolean step(Object inner, @Nullable Object sent, @Nullable Throwable raised) {
    Coroutine<?, ?, ?> coroutine = (Coroutine<?, ?, ?>) inner;
    if (raised == null) {
      return send(coroutine, sent);
    }
    if (raised instanceof GeneratorExit exit) {
      coroutine.close();
      throw exit;
    }
    return coroutine.raise(raised);
  }

  /** What the inner coroutine yielded. */
  public static @Nullable Object yielded(Object inner) {
    return ((Coroutine<?, ?, ?>) inner).yielded();
  }

  /** What the inner coroutine returned. */
  public static @Nullable Object result(Object inner) {
    return ((Coroutine<?, ?, ?>) inner).result();
  }

  @SuppressWarnings("unchecked") // what is sent to the outer is what the inner takes
  private static boolean send(Coroutine<?, ?, ?> inner, @Nullable Object sent) {
    return ((Coroutine<?, @Nullable Object, ?>) inner).send(sent);
  }
}
