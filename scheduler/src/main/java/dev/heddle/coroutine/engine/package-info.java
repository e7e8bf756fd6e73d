/**
 * The engines of coroutines, and what schedulers and woven bodies use of them. Not exported: users
 * name an engine by {@link dev.heddle.coroutine.Engine}.
 *
 * <p>An engine adds one thing to a {@code Coroutine}, the method {@code advance}: let the body run
 * to its next yield.
 *
 * <ul>
 *   <li>{@code HandoffCoroutine}: a stock virtual thread that runs strictly in turn with the thread
 *       that resumes it.
 *   <li>{@code VirtualThreadCoroutine}: a virtual thread whose executor is the resuming loop.
 *   <li>{@code ContinuationCoroutine}: the JDK's bare continuation; for generators, and only if
 *       asked for.
 *   <li>{@link dev.heddle.coroutine.engine.WovenCoroutine}: a state machine that package {@code
 *       weave} has made of the body.
 * </ul>
 *
 * <p>The first three are {@link dev.heddle.coroutine.engine.StackfulCoroutine}: their bodies have a
 * stack of their own, so that they may yield from any call depth. A woven body has none.
 *
 * <p>A scheduler that runs bodies by these engines is their {@link
 * dev.heddle.coroutine.engine.EngineHost}: the engines tell it when a body blocks in a call of the
 * JDK. A scheduler whose bodies suspend by methods of their own weaves these bodies by a {@link
 * dev.heddle.coroutine.engine.BodyKind}.
 */
@NullMarked
package dev.heddle.coroutine.engine;

import org.jspecify.annotations.NullMarked;
