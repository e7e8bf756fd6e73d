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

  /** What is said; null if all is given back as it is. */
  private final @Nullable EchoConversation talk;

  private State state = State.BEGIN;

  EchoStep(Connection connection, EchoServer.Mode mode) {
    this.connection = connection;
    this.talk = mode == EchoServer.Mode.GOT ? new EchoConversation(connection) : null;
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
        yield talk == null ? connection.reader().readAvailable() : talk.hear();
      }
      case HEARING -> {
        state = State.ANSWERING;
        yield answer(sent);
      }
      case REFUSING -> {
        state = State.LINGERING;
        yield connection.linger();
      }
      case LINGERING -> end();
    };
  }

  private @Nullable YieldEvent<?, ?> answer(@Nullable Object heard) {
    if (talk != null) {
      return Boolean.TRUE.equals(heard) ? talk.answer() : end();
    }
    return heard instanceof byte[] bytes ? connection.socket().send(ByteBuffer.wrap(bytes)) : end();
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
