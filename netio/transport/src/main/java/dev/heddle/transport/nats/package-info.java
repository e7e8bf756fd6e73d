/**
 * NATS, spoken on our own loop: no client library, no foreign thread.
 *
 * <pre>
 *   queue 'a.b'   JetStream: subject heddle.q.a.b of one stream; one durable consumer, pulled
 *   topic 'a.b'   core NATS: subject heddle.t.a.b
 *   questions     core NATS: subject heddle.r.a.b, a queue group of all receivers, reply to an inbox
 * </pre>
 *
 * <p>{@code NatsLine} reads what the server says, {@code NatsWire} is one connection, {@code
 * NatsMail} the messages, which knows nothing of connections: after a cut it tells the next
 * connection all anew. What was published and not confirmed is published again under its id, which
 * the server knows; what was handled and comes again is acknowledged again and not delivered.
 */
@NullMarked
package dev.heddle.transport.nats;

import org.jspecify.annotations.NullMarked;
