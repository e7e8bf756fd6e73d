/**
 * Coroutines and the engines that keep their place. No scheduler in sight.
 *
 * <p>A {@link dev.heddle.coroutine.Coroutine} is resumed and answers; the rules of that protocol
 * (PEP 342, 380, 479) stand in {@code Coroutine} alone:
 *
 * <pre>
 *            next, send(null)             yield
 *  CREATED ------------------> RUNNING ----------> SUSPENDED
 *     |                        ^  |  ^                 |
 *     | raise, close           |  |  '-----------------'
 *     |                        |  |    send, raise, close
 *     '--------> ENDED <-------|--'
 *                              '  return, throw
 * </pre>
 *
 * <p>An {@link dev.heddle.coroutine.Engine} adds one thing, {@code advance}: let the body run to
 * its next yield. Here: {@code HandoffCoroutine}, a stock virtual thread that runs strictly in turn
 * with the one who resumes it, and {@code VirtualThreadCoroutine}, a virtual thread whose executor
 * is the resuming loop; for generators, if asked for, {@code ContinuationCoroutine}, the JDK's bare
 * continuation. They have a stack of their own, so that a body may yield from any call depth.
 *
 * <p>{@code yieldFrom} is no matter of engines: {@code Coroutine} sees that a body has yielded a
 * {@code Delegation} and lets the inner coroutine answer in its place until that ends.
 *
 * <p>A {@link dev.heddle.coroutine.Generator} is a coroutine used for its values: an {@code
 * Iterable}.
 *
 * <p>And {@code WovenCoroutine}, which has none: package {@code weave} has rewritten its body into
 * a state machine. Where no engine is named a body is woven if it can be, and runs on {@code
 * HANDOFF} if not; {@link dev.heddle.coroutine.Engine#explain} says why not. A scheduler whose
 * bodies suspend by methods of their own weaves them by a {@link dev.heddle.coroutine.BodyKind}.
 *
 * <p>A scheduler that runs bodies by these engines is their {@link dev.heddle.coroutine.Host}: it
 * is told when a body stops where it did not yield, in a call of the JDK that blocks.
 */
@NullMarked
package dev.heddle.coroutine;

import org.jspecify.annotations.NullMarked;
