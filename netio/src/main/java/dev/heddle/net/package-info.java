/**
 * Sockets as events, and the selector under them.
 *
 * <p>Follow one {@code recv} from the user's body to the selector and back:
 *
 * <pre>
 *   co.await(socket.recv(buffer))   a ReadSocket is yielded
 *   SocketEvent.start               asks that nobody else reads; tries, as far as a try is worth it
 *   Endpoint.await                  the event is the socket's reader; interest is registered once
 *   Reactor.poll                    the selector reports the key
 *   Endpoint.noteReadiness          the reader's task is made ready
 *   SocketEvent.handleResume        at the beginning of the task's turn: ReadSocket.attempt reads
 *   co.await returns                the number of bytes
 * </pre>
 *
 * <p>Who knows what of a wait: the event knows its waiter, the {@code Endpoint} which event reads
 * and which one writes, the selector's key which readiness is wanted, the {@code Reactor} how many
 * wait in all.
 *
 * <p>Where a rule stands: how few system calls do it and who has the shared buffer, {@code
 * Reactor}; one reader and one writer, and what a close does to them, {@code Endpoint}; trying and
 * waiting, {@code SocketEvent}; moving bytes and lingering, {@code SocketBytes}, which tells each
 * byte to the deadlines that move with it, {@code SocketTimeouts}; where bytes are kept that nobody
 * has taken, {@code InputBuffer}; how they are cut, {@code SocketReader}; what a server allows,
 * {@code ServerLimits}.
 */
@NullMarked
package dev.heddle.net;

import org.jspecify.annotations.NullMarked;
