package dev.heddle.actor;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An actor as other threads use it. All methods may be called from any thread, and none of them
 * waits. Given by {@link Actor#ref}.
 *
 * <pre>{@code
 * ActorRef<String> log = logger.ref();
 * Thread.ofPlatform().start(() -> log.send("hello from " + Thread.currentThread()));
 * }</pre>
 *
 * <p>Messages of one thread arrive in the order in which it sent them. A message that is sent while
 * the scheduler does not run waits for the next run. While the actor is open, a message may always
 * come, so the scheduler does not report a deadlock of the tasks that are left. {@link #close} ends
 * that.
 *
 * <p>A thread that sends to an actor that has ended gets a {@link ReceiverClosedException}, with
 * the crash as its cause if the actor has crashed. That does not count as a join: a crash that no
 * task joins is reported as well.
 *
 * @param <M> the messages
 */
public final class ActorRef<M> implements Receiver<M> {
  private final Actor<M> actor;
  private final ForeignInbox<M> inbox;

  ActorRef(Actor<M> actor, ForeignInbox<M> inbox) {
    this.actor = actor;
    this.inbox = inbox;
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
    return inbox.leave(Objects.requireNonNull(message, "message"));
  }

  /**
   * Sends a question, like {@link Actor#ask}. The future is completed on the scheduler's thread;
   * use the future's {@code ...Async} methods for callbacks that shall run on another thread, and
   * its {@code orTimeout} for a time limit. Cancelling the future does not take the question back;
   * its answer is then discarded.
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
    if (!inbox.leave(reply)) {
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
   * Ends the sending, like {@link Actor#close}. When this method returns, other threads can send no
   * more; tasks of the scheduler can send until the scheduler's thread has seen the closing. All
   * messages that were sent are handled. A second call does nothing.
   */
  public void close() {
    inbox.close();
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
