package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Queue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The queue itself, in the process that opened it. */
final class HostedQueue<T> implements ProcessQueue<T> {
  /** How long an encoded item may be; a link's limit is never below it. */
  static final int MOST_ITEM_BYTES = 16 << 20;

  private static final DataCodec CODEC = new DataCodec();

  private final String name;
  private final Class<T> items;
  private final Queue<T> queue;

  HostedQueue(String name, Class<T> items, int maxSize) {
    this.name = name;
    this.items = items;
    this.queue = Queue.fifo(name, maxSize);
  }

  @Override
  public String name() {
    return name;
  }

  /** What a child could not be given must not go in: who gets it would have the error. */
  @Override
  public YieldEvent<@Nullable Void, IOException> put(T item) {
    try {
      byte[] _ = encode(item);
      return neverFails(queue.put(item));
    } catch (CodecException e) {
      return new AtOnce(
          "putting into " + this,
          () -> {
            throw e;
          });
    }
  }

  @Override
  public YieldEvent<T, IOException> get() {
    return neverFails(queue.get());
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> taskDone() {
    return new AtOnce("taskDone of " + this, queue::taskDone);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> join() {
    return neverFails(queue.join());
  }

  @Override
  public void shutdown() {
    queue.shutdown();
  }

  /** An event that throws no checked exception throws no {@code IOException} either. */
  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object> YieldEvent<T, IOException> neverFails(
      YieldEvent<T, RuntimeException> event) {
    return (YieldEvent<T, IOException>) (YieldEvent<T, ? extends Exception>) event;
  }

  /** A child's operation: done by a task in thread style, which waits as the child's would. */
  byte @Nullable [] perform(Operation operation, byte @Nullable [] item) throws IOException {
    switch (operation) {
      case PUT -> await(queue.put(decode(item == null ? new byte[0] : item)));
      case GET -> {
        return encode(await(queue.get()));
      }
      case TASK_DONE -> queue.taskDone();
      case JOIN -> await(queue.join());
    }
    return null;
  }

  private byte[] encode(T item) throws CodecException {
    if (item == null) {
      throw new CodecException("null cannot be put into " + this);
    }
    return CODEC.encode(item, items, MOST_ITEM_BYTES);
  }

  private T decode(byte[] item) throws CodecException {
    T decoded = Types.cast(items, CODEC.decode(item, items));
    if (decoded == null) {
      throw new CodecException("null cannot be put into " + this);
    }
    return decoded;
  }

  int size() {
    return queue.size();
  }

  @Override
  public String toString() {
    return "queue '" + name + "'";
  }
}
