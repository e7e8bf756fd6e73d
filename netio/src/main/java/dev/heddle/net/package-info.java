/**
 * Sockets as events, and the selector under them.
 *
 * <p>Follow one {@code recv} from the user's body to the selector and back:
 *
 * <pre>
 *   co.await(socket.recv(buffer))   ReadSocket is yielded
 *   SocketEvent.handleYield         nothing is known to be there: waits
 *   Endpoint.await                  is the socket's reader; interest is registered once
 *   Reactor.poll                    the selector reports the key
 *   Endpoint.noteReadiness          the reader's task is made ready
 *   SocketEvent.handleResume        at the beginning of its turn: ReadSocket.attempt reads
 *   co.await returns                the number of bytes
 * </pre>
 *
 * <p>Where a rule stands: how few system calls do it, {@code Reactor}; one reader and one writer,
 * and what a close does to them, {@code Endpoint}; trying and waiting, {@code SocketEvent}; cutting
 * lines, {@code LineBuffer}; what a server puts up with, {@code ServerLimits}.
 */
@NullMarked
package dev.heddle.net;

import org.jspecify.annotations.NullMarked;
