package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A barrier of the parent, as a child sees it. */
final class RemoteBarrier implements ProcessBarrier {
  private final ChildSession session;
  private final String name;

  RemoteBarrier(ChildSession session, String name) {
    this.session = session;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  @SuppressWarnings("unchecked") // an IOException is an Exception
  public YieldEvent<Integer, Exception> await() {
    YieldEvent<Integer, IOException> place =
        new RemoteCall<>(
            session,
            name,
            Operation.AWAIT,
            RemoteCall.Argument.NONE,
            (answer, _) -> ByteBuffer.wrap(Objects.requireNonNull(answer, "answer")).getInt());
    return (YieldEvent<Integer, Exception>) (YieldEvent<Integer, ?>) place;
  }

  @Override
  public void abort() {
    session.tell(name, Operation.ABORT, null);
  }

  @Override
  public void reset() {
    session.tell(name, Operation.RESET, null);
  }

  @Override
  public String toString() {
    return "barrier '" + name + "' of the parent";
  }
}
