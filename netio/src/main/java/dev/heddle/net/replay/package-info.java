/**
 * The channels of a scheduler that is recorded or replayed; see {@code dev.heddle.record}.
 *
 * <p>A recorded scheduler has the system's channels behind its own, and each call goes through and
 * is written down with its result. A replayed one has nothing behind them: each call gives what was
 * written. TCP only; the sockets of {@code dev.heddle.net} know of no difference.
 */
@NullMarked
package dev.heddle.net.replay;

import org.jspecify.annotations.NullMarked;
