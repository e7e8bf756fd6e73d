package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A queue of the parent, as a child sees it. Each operation asks the parent. */
final class RemoteQueue<T> implements ProcessQueue<T>, PipeQueue<T> {
  private final ItemCodec<T> codec;
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
    return new RemoteCall<>(
        session,
        name,
        Operation.PUT,
        () -> codec.encode(item, session.maxMessageBytes),
        (_, _) -> null);
  }

  @Override
  public YieldEvent<T, IOException> get() {
    return taking(Operation.GET);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return put(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return taking(Operation.RECV);
  }

  @Override
  public YieldEvent<Boolean, IOException> poll(Duration longest) {
    long nanos = Timers.saturatedNanos(Polls.check(longest));
    return new RemoteCall<>(
        session,
        name,
        Operation.POLL,
        () -> ByteBuffer.allocate(Long.BYTES).putLong(nanos).array(),
        (answer, _) -> Objects.requireNonNull(answer, "answer")[0] == 1);
  }

  private YieldEvent<T, IOException> taking(Operation operation) {
    return new RemoteCall<>(
        session,
        name,
        operation,
        RemoteCall.Argument.NONE,
        (item, _) -> codec.decode(Objects.requireNonNull(item, "item")));
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> taskDone() {
    return RemoteCall.of(session, name, Operation.TASK_DONE);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> join() {
    return RemoteCall.of(session, name, Operation.JOIN);
  }

  @Override
  public void shutdown() {
    session.tell(name, Operation.SHUTDOWN, null);
  }

  @Override
  public String toString() {
    return "queue '" + name + "' of the parent";
  }
}
