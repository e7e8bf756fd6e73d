package dev.heddle.actor;

import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where an actor answers a question. It comes as part of the message that asks:
 *
 * <pre>{@code
 * record Balance(Reply<Long> reply) implements Command {}
 * // the actor
 * case Balance(Reply<Long> reply) -> reply.complete(balance);
 * // who asks
 * long balance = co.await(account.ask(Balance::new));
 * }</pre>
 *
 * <p>Answered once, now or later, by whoever the actor gave it to: any task of the actor's
 * scheduler. An actor that ends fails all that it has not answered.
 *
 * @param <R> the answer
 */
public final class Reply<R extends @Nullable Object> {
  private final Actor<?> actor;

  /** Takes the answer, or the failure; null once it has one, or nobody waits any more. */
  private @Nullable BiConsumer<@Nullable R, @Nullable Throwable> asker;

  /** The question, which refers to this. Set right after the construction. */
  private @Nullable Object message;

  Reply(Actor<?> actor, BiConsumer<@Nullable R, @Nullable Throwable> asker) {
    this.actor = actor;
    this.asker = asker;
  }

  /** Gives the answer; false if it was answered before, or the asker does not wait any more. */
  public boolean complete(R answer) {
    return answer(answer, null);
  }

  /** Answers with a failure, which is thrown, as it is, where the asker awaits the answer. */
  public boolean fail(Throwable failure) {
    return answer(null, Objects.requireNonNull(failure, "failure"));
  }

  /** Whether somebody waits for it: a question that nobody does need not be worked on. */
  public boolean isWanted() {
    actor.check("isWanted");
    return asker != null;
  }

  private boolean answer(@Nullable R answer, @Nullable Throwable failure) {
    actor.check("reply");
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
