package dev.heddle.coroutine;

import java.util.Iterator;

/**
 * What the machines of package {@code weave} yield for {@link Yielder}'s {@code yieldFrom}. Public
 * because they stand in the packages of their bodies; not for anybody else than other kinds of
 * body.
 */
public final class Delegations {
  private Delegations() {}

  /** For {@link Yielder#yieldFrom(Coroutine)}. */
  public static Object of(Coroutine<?, ?, ?> inner) {
    return new Delegation(inner);
  }

  /** For {@link Yielder#yieldFrom(Iterable)}. */
  public static Object of(Iterable<?> inner) {
    return Delegation.to(inner);
  }

  /** For {@link Yielder#yieldFrom(Iterator)}. */
  public static Object of(Iterator<?> inner) {
    return Delegation.to(inner);
  }
}
