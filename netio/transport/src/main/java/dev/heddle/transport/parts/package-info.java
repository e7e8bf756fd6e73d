/**
 * What the transports are made of; not exported.
 *
 * <pre>
 *   put, request -> PutWindow -- transmit --> the transport ... its peer -- add --> AddressQueue -> Inbox -> Delivery
 *                      ^                                                               |
 *                      '---------- giveRoom, when the message is over ------ handled --'
 * </pre>
 *
 * <p>{@code PutWindow} is the sender's side of one address: who waits for room, in which order, and
 * what an {@code Outgoing} waits for. {@code Mailroom} is the receiver's side of all addresses:
 * what is delivered to whom, and what comes again. A transport stands between the two.
 */
@NullMarked
package dev.heddle.transport.parts;

import org.jspecify.annotations.NullMarked;
