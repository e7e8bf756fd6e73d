package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A queue of the parent's, as a child sees it: each operation is a question to the parent. */
final class RemoteQueue<T> implements ProcessQueue<T> {
  private final Conversation parent;
  private final String name;
  private final Class<T> items;

  RemoteQueue(Conversation parent, String name, Class<T> items) {
    this.parent = parent;
    this.name = name;
    this.items = items;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(T item) {
    return new Question<>(parent, this, Operation.PUT, item, Void.class, items);
  }

  @Override
  @SuppressWarnings("NullAway") // the parent's queues hold no null
  public YieldEvent<T, IOException> get() {
    return new Question<>(parent, this, Operation.GET, null, items, items);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> taskDone() {
    return plain(Operation.TASK_DONE);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> join() {
    return plain(Operation.JOIN);
  }

  @Override
  public void shutdown() {
    parent.shutdown(name);
  }

  private YieldEvent<@Nullable Void, IOException> plain(Operation operation) {
    return new Question<>(parent, this, operation, null, Void.class, items);
  }

  @Override
  public String toString() {
    return "queue '" + name + "' of the parent";
  }
}
