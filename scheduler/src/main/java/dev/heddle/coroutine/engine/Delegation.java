package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;

/**
 * What a body yields for {@code yieldFrom}: not a value, but the request that the inner coroutine
 * has the turns until it ends. {@link Coroutine} sees a delegation behind {@code advance} and
 * grants it, so that an engine has nothing to do for PEP 380: to its body {@code yieldFrom} is a
 * yield at which the inner's result is sent, or its failure raised.
 *
 * <p>The body itself is not woken for the inner's values: an item through ten levels costs one
 * switch and ten calls. The PEP's expansion, a loop in the body, would cost ten switches.
 *
 * @param inner the coroutine that has the turns
 */
public record Delegation(Coroutine<?, ?, ?> inner) {}
