/**
 * Messages through a broker that speaks AMQP 0-9-1, by RabbitMQ's client library, which is an
 * optional dependency.
 *
 * <pre>
 *   AmqpTransport --- Lane for each address that is sent to
 *         |      '--- Consumption for each address that is received at
 *     AmqpBridge ===== the client library and its threads
 * </pre>
 *
 * <p>All decisions are the loop's: what is sent again, what is a duplicate, what is declared. The
 * bridge carries them out and tells what has happened.
 */
@NullMarked
package dev.heddle.transport.amqp;

import org.jspecify.annotations.NullMarked;
