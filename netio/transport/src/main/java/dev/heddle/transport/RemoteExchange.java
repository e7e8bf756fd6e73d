package dev.heddle.transport;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.actor.Exchange;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.actor.Subscription;
import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;

/**
 * An {@link Exchange} across a {@link Transport}: what is sent to an exchange here goes to a topic,
 * and what comes from the topic is sent to an exchange there.
 *
 * <pre>{@code
 * Address topic = Address.topic("events");
 * scheduler.spawn( // in one process
 *     "out", RemoteExchange.publish(events, 100, OverflowPolicy.WAIT, transport, topic, codec));
 * scheduler.spawn( // in another
 *     "in", RemoteExchange.subscribe(transport, topic, 10, codec, String.class, events));
 * }</pre>
 *
 * <p>A slow connection holds the exchange back, or loses messages, as the overflow policy says; a
 * slow exchange there holds the connection back where the transport promises {@link
 * Guarantee#BOUNDED}. Do not couple two exchanges both ways by one topic: messages would go round
 * for ever.
 */
public final class RemoteExchange {
  private RemoteExchange() {}

  /**
   * A body that puts what is sent to the exchange from now on, until the exchange is closed.
   *
   * @param capacity how many messages may wait to be put; 1 or more
   * @param policy what happens to messages when so many wait
   */
  @CheckReturnValue
  public static <M> TaskBody publish(
      Exchange<M> exchange,
      int capacity,
      OverflowPolicy policy,
      Transport transport,
      Address topic,
      Codec codec) {
    Subscription<M> subscription = exchange.subscribe(capacity, policy);
    return co -> {
      try (subscription) {
        while (co.await(subscription.receive()) instanceof Object message) {
          int most = transport.limits().maxMessageBytes();
          co.await(transport.put(topic, codec.encode(message, Object.class, most)));
        }
      }
    };
  }

  /**
   * A body that sends what comes from the topic to an exchange, until the transport is closed. A
   * message that is not of the class fails it.
   *
   * @param credit how many messages may be received and not sent; 1 to the transport's window
   * @throws IOException if the transport is closed
   */
  @CheckReturnValue
  public static <M> TaskBody subscribe(
      Transport transport,
      Address topic,
      int credit,
      Codec codec,
      Class<M> type,
      Exchange<M> exchange)
      throws IOException {
    MessageReceiver receiver = transport.receiver(topic, credit);
    return co -> {
      try (receiver) {
        while (co.await(receiver.receive()) instanceof Delivery delivery) {
          Object message = codec.decode(delivery.body(), Object.class);
          if (!type.isInstance(message)) {
            throw new CodecException("a message of " + topic + " is no " + type.getName());
          }
          co.await(exchange.put(type.cast(message)));
          delivery.acknowledge();
        }
      }
    };
  }
}
