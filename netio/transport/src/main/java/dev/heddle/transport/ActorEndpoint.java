package dev.heddle.transport;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.actor.Actor;
import dev.heddle.actor.ReceiverClosedException;
import dev.heddle.actor.Reply;
import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Hands what comes from a {@link Transport} to an actor, whose senders have a {@link
 * RemoteActorRef}.
 *
 * <pre>{@code
 * ActorEndpoint<Command> endpoint =
 *     new ActorEndpoint<>(transport, accounts, account, Command.class, codec, 16)
 *         .answers(Balance.class, Ask::new);
 * scheduler.spawn("endpoint", endpoint::run);
 * }</pre>
 *
 * <p>A message is acknowledged when it is in the actor's mailbox, a question when it is answered;
 * give the mailbox a limit, so that a slow actor holds its senders back. What is in the mailbox of
 * an actor that crashes is lost with it. Who must not lose a message receives by a {@link
 * MessageReceiver}, and acknowledges after the handler.
 *
 * <p>When the actor ends, so does the endpoint, and senders get a {@link ReceiverLostException}
 * with the crash in its text, where the transport promises it. A message that is not what the codec
 * and the class allow is reported to the scheduler's failure reporter and is over; such a question
 * is answered with a failure.
 *
 * @param <M> the actor's messages
 */
public final class ActorEndpoint<M> {
  /** Makes the actor's message of a question and its reply. */
  private record Question<M>(BiFunction<Object, Reply<Object>, M> message) {}

  private final Transport transport;
  private final Address at;
  private final Actor<M> actor;
  private final Class<M> type;
  private final Codec codec;
  private final int credit;
  private final Map<Class<?>, Question<M>> questions = new LinkedHashMap<>();

  /**
   * An endpoint that is not running.
   *
   * @param actor started
   * @param type the class of the messages that may come
   * @param codec allows the classes on both sides
   * @param credit how many messages may be received and not in the mailbox, and questions not
   *     answered; 1 to the transport's window
   */
  public ActorEndpoint(
      Transport transport, Address at, Actor<M> actor, Class<M> type, Codec codec, int credit) {
    this.transport = Objects.requireNonNull(transport, "transport");
    this.at = Objects.requireNonNull(at, "at");
    this.actor = Objects.requireNonNull(actor, "actor");
    this.type = Objects.requireNonNull(type, "type");
    this.codec = Objects.requireNonNull(codec, "codec");
    this.credit = credit;
  }

  /**
   * Answers questions of a class: the actor gets a message with the question and where to reply.
   * What is replied must be what the codec allows.
   *
   * @param <R> the answer; the asker names its class, which is checked there
   */
  @CanIgnoreReturnValue
  @SuppressWarnings("unchecked") // an answer is only encoded here
  public <Q, R extends @Nullable Object> ActorEndpoint<M> answers(
      Class<Q> question, BiFunction<? super Q, Reply<R>, ? extends M> message) {
    Objects.requireNonNull(message, "message");
    questions.put(
        question,
        new Question<>(
            (asked, reply) -> message.apply(question.cast(asked), (Reply<R>) (Reply<?>) reply)));
    return this;
  }

  /**
   * Receives until the actor or the transport ends.
   *
   * @throws IOException if the transport fails
   */
  public void run(Awaiter co) throws Exception {
    try (MessageReceiver receiver = transport.receiver(at, credit);
        var group = TaskGroup.supervisor()) {
      var watcher = group.spawn("end of " + actor.describe(), c -> watch(c, receiver));
      while (co.await(receiver.receive()) instanceof Delivery delivery) {
        if (delivery.isQuestion()) {
          group.spawn("question at " + at, c -> answer(c, delivery));
        } else {
          handle(co, receiver, delivery);
        }
      }
      boolean _ = watcher.cancel("the endpoint has ended");
      co.await(group.join());
    }
  }

  /** Tells the senders of the actor's end. */
  private void watch(Awaiter co, MessageReceiver receiver) {
    String reason = actor.describe() + " has ended";
    try {
      var _ = co.await(actor.join());
    } catch (Exception crash) {
      reason = actor.describe() + " has crashed: " + crash;
    }
    receiver.close(reason);
  }

  private void handle(Awaiter co, MessageReceiver receiver, Delivery delivery) {
    Object message;
    try {
      message = codec.decode(delivery.body(), Object.class);
      if (!type.isInstance(message)) {
        throw new CodecException("no " + type.getName());
      }
    } catch (CodecException e) {
      co.task().scheduler().reportFailure("a message at " + at, e);
      delivery.acknowledge();
      return;
    }
    try {
      co.await(actor.put(type.cast(message)));
      delivery.acknowledge();
    } catch (ReceiverClosedException e) {
      receiver.close(textOf(e));
    }
  }

  private void answer(Awaiter co, Delivery delivery) {
    try {
      Object asked = codec.decode(delivery.body(), Object.class);
      Question<M> question = asked == null ? null : questions.get(asked.getClass());
      if (question == null) {
        delivery.fail(at + " has no answer for a " + nameOf(asked));
        return;
      }
      YieldEvent<Object, Exception> ask =
          actor.ask(reply -> question.message.apply(Objects.requireNonNull(asked), reply));
      Duration limit = delivery.deadline();
      Object answer = limit == null ? co.await(ask) : co.await(ask.within(limit));
      delivery.reply(codec.encode(answer, Object.class, transport.limits().maxMessageBytes()));
    } catch (ReceiverClosedException e) {
      delivery.fail(textOf(e));
    } catch (Exception e) {
      delivery.fail(String.valueOf(e));
    }
  }

  private static String nameOf(@Nullable Object value) {
    return value == null ? "null" : value.getClass().getName();
  }

  private static String textOf(ReceiverClosedException e) {
    return e.getCause() == null
        ? String.valueOf(e.getMessage())
        : e.getMessage() + ": " + e.getCause();
  }

  @Override
  public String toString() {
    return "an endpoint of " + actor.describe() + " at " + at;
  }
}
