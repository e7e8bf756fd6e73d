package dev.heddle.transport;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.actor.Receiver;
import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An actor past a {@link Transport}, as its senders see it. On the other side an {@link
 * ActorEndpoint} hands the messages to the actor.
 *
 * <pre>{@code
 * RemoteActorRef<Command> account = new RemoteActorRef<>(transport, accounts, codec);
 * co.await(account.put(new Deposit(100)));
 * long cents = co.await(account.ask(new Balance(), Long.class, Duration.ofSeconds(1)));
 * }</pre>
 *
 * <p>Messages of one reference arrive in their order where the transport promises {@link
 * Guarantee#ORDERED}. That the actor has crashed is seen by the next put or ask, as a {@link
 * ReceiverLostException} with the crash in its text, where it promises {@link
 * Guarantee#RECEIVER_LOST}.
 *
 * <p>Threads: as the transport.
 *
 * @param <M> the messages; plain data that the codec allows
 */
public final class RemoteActorRef<M> implements Receiver<M> {
  private final Transport transport;
  private final Address to;
  private final Codec codec;

  /**
   * A reference.
   *
   * @param to a queue
   * @param codec allows the classes of the messages, questions and answers on both sides: {@code
   *     new DataCodec(64, 1000, Command.class)}
   */
  public RemoteActorRef(Transport transport, Address to, Codec codec) {
    if (to.isTopic()) {
      throw new IllegalArgumentException("an actor at " + to + ": must be a queue");
    }
    this.transport = Objects.requireNonNull(transport, "transport");
    this.to = to;
    this.codec = Objects.requireNonNull(codec, "codec");
  }

  /**
   * Sends a message without waiting, and without hearing what becomes of it.
   *
   * @throws IllegalStateException if there is no room; nothing was sent
   * @throws UncheckedIOException if the message cannot be sent, or the actor or the transport was
   *     lost
   */
  @Override
  public void send(M message) {
    try {
      if (!transport.offer(to, bytes(message))) {
        throw new IllegalStateException(
            "cannot send to "
                + to
                + ": "
                + transport.limits().window()
                + " messages are under way");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send to " + to + ": " + e.getMessage(), e);
    }
  }

  /**
   * Puts a message: see {@link Transport#put(Address, byte[])}.
   *
   * @throws CodecException if the message cannot be sent
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> put(M message) throws CodecException {
    return transport.put(to, bytes(message));
  }

  /**
   * Asks a question and waits for the answer: see {@link Transport#request}.
   *
   * @param answer the class of the answer
   * @param deadline positive
   * @throws CodecException if the question cannot be sent; at the await, if the answer is none
   */
  @CheckReturnValue
  public <R> YieldEvent<R, Exception> ask(Object question, Class<R> answer, Duration deadline)
      throws CodecException {
    return Select.map(
        transport.request(to, bytes(question), deadline), bytes -> decode(bytes, answer));
  }

  private byte[] bytes(Object value) throws CodecException {
    Objects.requireNonNull(value, "message");
    return codec.encode(value, Object.class, transport.limits().maxMessageBytes());
  }

  private <R> R decode(byte[] bytes, Class<R> type) throws CodecException {
    Object value = codec.decode(bytes, Object.class);
    if (!type.isInstance(value)) {
      throw new CodecException("an answer of " + to + " is no " + type.getName());
    }
    return type.cast(value);
  }

  @Override
  public String toString() {
    return "a remote reference to " + to + " over " + transport.name();
  }
}
