package dev.heddle.transport;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages to addresses, in this process or past the machine.
 *
 * <pre>{@code
 * Address orders = Address.queue("orders");
 * scheduler.spawn("sender", co -> co.await(transport.put(orders, bytes)));
 * scheduler.spawn("worker", co -> {
 *   try (MessageReceiver receiver = transport.receiver(orders, 10)) {
 *     while (co.await(receiver.receive()) instanceof Delivery delivery) {
 *       handle(delivery.body());
 *       delivery.acknowledge(); // handled: it does not come again
 *     }
 *   }
 * });
 * }</pre>
 *
 * <p>What happens to a message, step by step:
 *
 * <ol>
 *   <li><b>put.</b> It waits until the address has room for it, then the message is on its way.
 *       Without {@link Guarantee#CONFIRMED} it completes when the message was handed to the system.
 *       With it, it completes when the other side, or a broker, has the message.
 *   <li><b>received.</b> A receiver gets it, if it has credit left: no more deliveries than its
 *       credit are unacknowledged. Messages of one sender come in their order ({@link
 *       Guarantee#ORDERED}).
 *   <li><b>handled.</b> {@link Delivery#acknowledge}: the message is over, and makes room. If the
 *       receiver ends before, the message is delivered again ({@link Guarantee#REDELIVERED}): so a
 *       handler may see a message twice, and knows it by {@link Delivery#id}.
 * </ol>
 *
 * <p>Not all transports can promise all of that: {@link #guarantees} says what this one does.
 *
 * <p>Deadlines: {@code put(...).within(limit)} ends the wait, and {@code request} has a deadline of
 * its own. A put that is cancelled, or whose time is over, has put nothing if the message still
 * waited for room; after that the message may arrive, for it is under way. To put it again without
 * doubling it, use an id of your own.
 *
 * <p>Fairness: who waits for room of one address is served in the order of coming. Threads: used by
 * the tasks of one scheduler. Events fail with an {@code IOException}: a {@link
 * ReceiverLostException}, a {@link DeadlinePassedException}, a {@link TransportClosedException}, or
 * what the connection has failed with.
 */
public interface Transport extends AutoCloseable {
  /** For messages and dumps. */
  String name();

  /** What it promises. */
  Set<Guarantee> guarantees();

  /** What it holds at most. */
  TransportLimits limits();

  /**
   * Puts a message, under an id of its own. Waits for room, and then as far as {@link
   * Guarantee#CONFIRMED} says.
   *
   * @param body at most {@link TransportLimits#maxMessageBytes} bytes; must not change before the
   *     await is over
   * @throws IllegalArgumentException if the body is too long, or the transport does not carry this
   *     kind of address
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> put(Address to, byte[] body);

  /**
   * Puts a message under an id, so that it can be put again without being doubled: see {@link
   * Guarantee#DEDUPLICATED}.
   *
   * @param id 1 to 100 visible ASCII characters
   * @throws IllegalArgumentException as above, or if the id is not as said
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> put(Address to, String id, byte[] body);

  /**
   * Puts a message if there is room at once; does not wait, and does not tell whether the message
   * has arrived.
   *
   * @return false if there is no room; nothing was put
   * @throws IOException if the address or the transport was lost or closed
   * @throws IllegalArgumentException as above
   */
  @CheckReturnValue
  boolean offer(Address to, byte[] body) throws IOException;

  /**
   * Asks a question and waits for the answer of the receiver's {@link Delivery#reply}. Fails with a
   * {@link DeadlinePassedException} when the time is over, and with a {@link
   * RequestFailedException} if the receiver could not answer. A cancelled caller does not take the
   * question back; the answer is then dropped.
   *
   * @param to a queue
   * @param deadline counted from the await; positive
   * @throws IllegalArgumentException as above, or if the deadline is not positive
   */
  @CheckReturnValue
  YieldEvent<byte[], IOException> request(Address to, byte[] question, Duration deadline);

  /**
   * Begins to receive at an address.
   *
   * @param credit how many messages may be delivered and not acknowledged: 1 to {@link
   *     TransportLimits#window}
   * @throws IllegalArgumentException if the credit is out of its range, or the transport does not
   *     carry this kind of address
   * @throws IOException if the transport is closed, or has too many addresses
   */
  @CheckReturnValue
  MessageReceiver receiver(Address at, int credit) throws IOException;

  /**
   * Ends it: who waits gets a {@link TransportClosedException}, receivers give null. What was put
   * and not confirmed may be lost. Does not wait; a second call does nothing.
   */
  @Override
  void close();
}
