/**
 * Messages between schedulers, processes and machines.
 *
 * <pre>
 *   RemoteActorRef -- send, put, ask --> Transport ~~~~~ Transport --> ActorEndpoint --> Actor
 *   Exchange --> RemoteExchange.publish --> Transport ~~ Transport --> RemoteExchange.subscribe --> Exchange
 * </pre>
 *
 * <p>{@link dev.heddle.transport.Transport} is the contract: what a put promises, when a message is
 * over, what happens when a receiver is lost. {@link dev.heddle.transport.Guarantee} are the
 * promises by name, and each transport says which of them it makes. A test suite, the contract kit,
 * holds each transport to what it says.
 *
 * <p>Values are turned into bytes by the codec of processes ({@code dev.heddle.process.codec}): an
 * allow-list of records and plain data, never Java's serialization.
 *
 * <p>Three decisions hold in all transports.
 *
 * <ol>
 *   <li><b>Nothing is unbounded.</b> A message occupies one place of its address's window from the
 *       put until it is over; who finds no place waits. So what is queued for a socket, kept for
 *       being sent again, and held for receivers, is at most the windows.
 *   <li><b>Each wait is an event.</b> So select, time limits, cancellation and explanations work
 *       here as everywhere.
 *   <li><b>Handled means acknowledged.</b> A receiver acknowledges after the handler, never before.
 * </ol>
 */
@NullMarked
package dev.heddle.transport;

import org.jspecify.annotations.NullMarked;
