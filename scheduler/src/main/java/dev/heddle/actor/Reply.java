package dev.heddle.actor;

import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where an actor answers a question. The message that asks carries it:
 *
 * <pre>{@code
 * record Balance(Reply<Long> reply) implements Command {}
 *
 * // the actor
 * switch (command) {
 *   case Balance(Reply<Long> reply) -> reply.complete(cents);
 *   default -> {}
 * }
 *
 * // who asks
 * long balance = co.await(account.ask(Balance::new));
 * }</pre>
 *
 * <p>It is answered once, now or later, by the actor or by another task of the actor's scheduler to
 * which the actor gives it. When an actor ends, all its unanswered replies fail.
 *
 * @param <R> the answer
 */
public final class Reply<R extends @Nullable Object> {
  private final Actor<?> actor;

  /** Gets the answer or the failure; null once it has got one, or nobody waits for it any more. */
  private @Nullable BiConsumer<@Nullable R, @Nullable Throwable> asker;

  /** The message that carries this reply; null while that message is being made. */
  private @Nullable Object message;

  /** Whether it lies in the mailbox, to be received. */
  private boolean queued;

  Reply(Actor<?> actor, BiConsumer<@Nullable R, @Nullable Throwable> asker) {
    this.actor = actor;
    this.asker = asker;
  }

  /** Gives the answer; false if there was one before, or the asker does not wait any more. */
  public boolean complete(R answer) {
    return answer(answer, null);
  }

  /**
   * Answers with a failure, which is thrown with its own stack trace where the asker awaits the
   * answer.
   *
   * @return false if there was an answer before, or the asker does not wait any more
   */
  public boolean fail(Throwable failure) {
    return answer(null, Objects.requireNonNull(failure, "failure"));
  }

  /** Whether the asker still waits; if not, the actor need not work on the question. */
  public boolean isWanted() {
    actor.check("isWanted");
    return asker != null;
  }

  private boolean answer(@Nullable R answer, @Nullable Throwable failure) {
    actor.check("reply");
    if (message == null) {
      throw new IllegalStateException("a question is answered before it is asked");
    }
    BiConsumer<@Nullable R, @Nullable Throwable> waiting = asker;
    if (waiting == null) {
      return false;
    }
    asker = null;
    actor.mailbox.answered(this);
    waiting.accept(answer, failure);
    return true;
  }

  /** The asker does not wait any more. */
  void abandon() {
    asker = null;
    actor.mailbox.withdraw(this);
  }

  boolean isQueued() {
    return queued;
  }

  void setQueued(boolean isQueued) {
    queued = isQueued;
  }

  void carry(Object question) {
    message = Objects.requireNonNull(question, "message");
  }

  Object message() {
    return Objects.requireNonNull(message, "message");
  }

  @Override
  public String toString() {
    return "a reply of " + actor.describe();
  }
}
