package dev.heddle.net.echo;

import dev.heddle.net.LineTooLongException;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The conversation of {@link EchoConnection#converse} in step style: a state for each await. */
final class EchoStep extends Step<@Nullable Void> {
  /** What the event that was yielded last does. */
  private enum State {
    BEGIN,
    HEARING,
    ANSWERING,
    REFUSING,
    DISCARDING
  }

  private final EchoConnection connection;
  private State state = State.BEGIN;

  EchoStep(EchoConnection connection) {
    this.connection = connection;
  }

  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    try {
      return next(sent);
    } catch (Throwable failure) {
      return ended(failure);
    }
  }

  private @Nullable YieldEvent<?, ?> next(@Nullable Object sent) throws IOException {
    EchoConversation talk = connection.conversation();
    return switch (state) {
      case BEGIN, ANSWERING -> {
        connection.active();
        state = State.HEARING;
        yield talk.hear();
      }
      case HEARING -> {
        state = State.ANSWERING;
        yield Boolean.TRUE.equals(sent) ? talk.answer() : end();
      }
      case REFUSING -> {
        connection.refused();
        state = State.DISCARDING;
        yield talk.discard();
      }
      case DISCARDING -> sent instanceof Integer count && count >= 0 ? talk.discard() : end();
    };
  }

  @Override
  protected @Nullable YieldEvent<?, ?> failed(Throwable failure) {
    if (failure instanceof LineTooLongException) {
      state = State.REFUSING;
      return connection.conversation().refuse();
    }
    return ended(failure);
  }

  private @Nullable YieldEvent<?, ?> ended(Throwable failure) {
    connection.failed(failure);
    return end();
  }

  private @Nullable YieldEvent<?, ?> end() {
    connection.close();
    return null;
  }
}
