/**
 * Coroutines and generators. This package knows no scheduler.
 *
 * <p>A {@link dev.heddle.coroutine.Coroutine} is resumed and answers. The rules of that protocol
 * (PEP 342, 380, 479) stand in {@code Coroutine} alone:
 *
 * <pre>
 *            next, send(null)             yield
 *  CREATED ------------------&gt; RUNNING ----------&gt; SUSPENDED
 *     |                        |     ^                 |
 *     | raise, close           |     '-----------------'
 *     |                        |     send, raise, close
 *     '--------&gt; ENDED &lt;-------'
 *                       return, throw
 * </pre>
 *
 * <p>A {@link dev.heddle.coroutine.Generator} is a coroutine that is used for its values: an {@code
 * Iterable}.
 *
 * <p>An {@link dev.heddle.coroutine.Engine} is the way to keep a body's place between two turns.
 * Where no engine is named, a body is woven if that is possible, and runs on {@code HANDOFF} if
 * not; {@link dev.heddle.coroutine.Engine#explain} says why not. The engines themselves are in
 * package {@code dev.heddle.coroutine.engine}, which is not exported.
 *
 * <p>Engines do not know {@code yieldFrom}. {@code Coroutine} sees that a body has yielded a {@code
 * Delegation} and lets the inner coroutine answer in the body's place until the inner one ends.
 */
@NullMarked
package dev.heddle.coroutine;

import org.jspecify.annotations.NullMarked;
