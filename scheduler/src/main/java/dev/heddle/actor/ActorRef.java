package dev.heddle.actor;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An actor as other threads see it: all methods may be called from any thread, and none waits. Had
 * by {@link Actor#ref}.
 *
 * <pre>{@code
 * ActorRef<String> log = logger.ref();
 * Thread.ofPlatform().start(() -> log.send("hello from " + Thread.currentThread()));
 * }</pre>
 *
 * <p>Messages of one thread arrive in the order in which they were sent. One that was sent while
 * the scheduler does not run waits for the next run. As long as the actor is open, a run that has a
 * task left does not end in a deadlock: a message may always come. {@link #close} ends that.
 *
 * <p>Who sends to an actor that has ended gets a {@link ReceiverClosedException}; if it has
 * crashed, with the crash as its cause. Nobody on another thread counts as having joined: a crash
 * that no task joins is reported as well.
 *
 * @param <M> the messages
 */
public final class ActorRef<M> implements Receiver<M> {
  private final Actor<M> actor;
  private final ForeignInbox<M> gate;

  ActorRef(Actor<M> actor, ForeignInbox<M> gate) {
    this.actor = actor;
    this.gate = gate;
  }

  /**
   * Sends a message.
   *
   * @throws ReceiverFullException if the mailbox is full; nothing was sent
   * @throws ReceiverClosedException if the actor is closed or has ended
   */
  @Override
  public void send(M message) {
    if (!offer(message)) {
      throw actor.full();
    }
  }

  /**
   * Sends a message if there is room.
   *
   * @return false if the mailbox is full; nothing was sent
   * @throws ReceiverClosedException if the actor is closed or has ended
   */
  public boolean offer(M message) {
    return gate.leave(Objects.requireNonNull(message, "message"));
  }

  /**
   * Sends a question, like {@link Actor#ask}. The future is completed on the scheduler's thread:
   * what shall follow it elsewhere needs the future's {@code ...Async} methods. A time limit is its
   * {@code orTimeout}. Giving it up does not take the question back; {@link Reply#complete} then
   * does nothing.
   *
   * @return the answer to come; failed with a {@link ReceiverClosedException} if the actor ends
   *     without one
   * @throws ReceiverFullException if the mailbox is full; nothing was sent
   * @throws ReceiverClosedException if the actor is closed or has ended
   */
  public <R extends @Nullable Object> CompletableFuture<R> ask(
      Function<? super Reply<R>, ? extends M> question) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    Reply<R> reply = new Reply<>(actor, (value, failure) -> complete(answer, value, failure));
    reply.carry(question.apply(reply));
    if (!gate.leave(reply)) {
      throw actor.full();
    }
    return answer;
  }

  @SuppressWarnings("NullAway") // Reply.complete() was given an R, which may be a null one
  private static <R extends @Nullable Object> void complete(
      CompletableFuture<R> answer, @Nullable R value, @Nullable Throwable failure) {
    boolean _ = failure == null ? answer.complete(value) : answer.completeExceptionally(failure);
  }

  /**
   * Ends the sending, like {@link Actor#close}: when this returns, messages of other threads are
   * refused, and what was sent before is handled; the scheduler's tasks are refused as soon as it
   * has taken that in. A second time, or when the actor has ended, does nothing.
   */
  public void close() {
    gate.close();
  }

  /** The actor's name. */
  public String name() {
    return actor.name();
  }

  @Override
  public String toString() {
    return "a reference to " + actor.describe();
  }
}
