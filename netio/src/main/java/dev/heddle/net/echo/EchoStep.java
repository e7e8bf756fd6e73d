package dev.heddle.net.echo;

import dev.heddle.net.Connection;
import dev.heddle.net.InputMemoryException;
import dev.heddle.net.LineTooLongException;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The conversation of {@link EchoServer} in step style: a state for each await. */
final class EchoStep extends Step<@Nullable Void> {
  /** What the event that was yielded last does. */
  private enum State {
    BEGIN,
    HEARING,
    ANSWERING,
    REFUSING,
    LINGERING
  }

  private final Connection connection;
  private final EchoConversation talk;
  private State state = State.BEGIN;

  EchoStep(Connection connection) {
    this.connection = connection;
    this.talk = new EchoConversation(connection);
  }

  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    try {
      return next(sent);
    } catch (Throwable failure) {
      return ended(failure);
    }
  }

  private @Nullable YieldEvent<?, ?> next(@Nullable Object sent) {
    return switch (state) {
      case BEGIN, ANSWERING -> {
        state = State.HEARING;
        yield talk.hear();
      }
      case HEARING -> {
        state = State.ANSWERING;
        yield Boolean.TRUE.equals(sent) ? talk.answer() : end();
      }
      case REFUSING -> {
        state = State.LINGERING;
        yield connection.linger();
      }
      case LINGERING -> end();
    };
  }

  @Override
  protected @Nullable YieldEvent<?, ?> failed(Throwable failure) {
    if (failure instanceof LineTooLongException || failure instanceof InputMemoryException) {
      byte[] answer = connection.reject((IOException) failure);
      if (answer != null) {
        state = State.REFUSING;
        return connection.socket().send(ByteBuffer.wrap(answer));
      }
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
