package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A queue of the parent, as a child sees it. Each operation asks the parent. */
final class RemoteQueue<T> implements ProcessQueue<T> {
  final ItemCodec<T> codec;
  private final ChildSession session;
  private final String name;

  RemoteQueue(ChildSession session, String name, Class<T> items) {
    this.session = session;
    this.name = name;
    this.codec = new ItemCodec<>(items);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(T item) {
    return new RemoteCall<>(session, this, Operation.PUT, item);
  }

  @Override
  public YieldEvent<T, IOException> get() {
    return new RemoteCall<>(session, this, Operation.GET, null);
  }

  /** For a {@link PipeEnd}: a get that fails with an {@code EOFException} at the end. */
  YieldEvent<T, IOException> recv() {
    return new RemoteCall<>(session, this, Operation.RECV, null);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> taskDone() {
    return new RemoteCall<>(session, this, Operation.TASK_DONE, null);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> join() {
    return new RemoteCall<>(session, this, Operation.JOIN, null);
  }

  @Override
  public void shutdown() {
    session.shutdown(name);
  }

  @Override
  public String toString() {
    return "queue '" + name + "' of the parent";
  }
}
