package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.group.ForeignEvent;
import dev.heddle.scheduler.YieldEvent;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An actor as other threads and the tasks of other schedulers use it. All methods may be called
 * from any thread, and none of them waits. Given by {@link Actor#ref}.
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
   * Sends a question, like {@link Actor#ask}, for threads; a task takes {@link #request}. The
   * future is completed on the scheduler's thread; use the future's {@code ...Async} methods for
   * callbacks that shall run on another thread, and its {@code orTimeout} for a time limit.
   * Cancelling the future does not take the question back; its answer is then discarded.
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

  /**
   * Sends a message, and waits while the mailbox is full: {@link Actor#put} for a task of any
   * scheduler. It costs two messages between the schedulers, so that a task in a hurry offers
   * first:
   *
   * <pre>{@code
   * ActorRef<String> log = logger.ref();
   * if (!log.offer("hello")) {
   *   co.await(log.put("hello"));
   * }
   * }</pre>
   *
   * <p>Fails with a {@link ReceiverClosedException} if the actor is closed or ends. A sender that
   * is cancelled while it waits has sent nothing.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(M message) {
    Objects.requireNonNull(message, "message");
    return ForeignEvent.on(actor.scheduler(), () -> actor.put(message));
  }

  /**
   * Sends a question, waiting for room, and waits for the answer: {@link Actor#ask} for a task of
   * any scheduler. All that is said there holds; an asker that is cancelled takes the question back
   * if the actor has not received it.
   *
   * <pre>{@code
   * ActorRef<Command> far = account.ref();
   * long balance = co.await(far.request(Balance::new)); // in a task of any loop
   * }</pre>
   *
   * @param question makes the message that carries the reply; called on the actor's scheduler
   */
  @CheckReturnValue
  public <R extends @Nullable Object> YieldEvent<R, Exception> request(
      Function<? super Reply<R>, ? extends M> question) {
    Objects.requireNonNull(question, "question");
    return ForeignEvent.on(actor.scheduler(), () -> actor.<R>ask(question));
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
