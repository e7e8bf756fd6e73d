package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A queue in the process that has opened it, which keeps the items. */
final class HostedQueue<T> implements ProcessQueue<T>, Hosted {
  final Queue<T> queue;
  private final String name;
  private final ItemCodec<T> codec;

  /** Tasks that wait for {@link #recv}: only while the queue is empty and not shut down. */
  private final WaitQueue receivers = new WaitQueue();

  /** How many bytes an encoded item may have: the least limit of the links. */
  private volatile int maxBytes = ItemCodec.MOST_BYTES;

  /** How long the longest item was that was put, encoded. */
  private final AtomicInteger longest = new AtomicInteger();

  /** Whether the queue is shared over a link. Guarded by this. */
  private boolean linked;

  HostedQueue(String name, Class<T> items, int maxSize) {
    this.name = Hosted.checkName(name);
    this.codec = new ItemCodec<>(items);
    this.queue = Queue.fifo(name, maxSize);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "queue";
  }

  /** Refuses an item that could not be sent; otherwise the child that gets it would fail. */
  @Override
  public YieldEvent<@Nullable Void, IOException> put(T item) {
    try {
      passed(codec.encode(item, maxBytes).length);
      return Hosted.withIoException(queue.put(item));
    } catch (CodecException e) {
      return new ImmediateEvent<>(
          "putting into " + this,
          () -> {
            throw e;
          });
    }
  }

  @Override
  public YieldEvent<T, IOException> get() {
    return Hosted.withIoException(queue.get());
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> taskDone() {
    return ImmediateEvent.of("taskDone of " + this, queue::taskDone);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> join() {
    return Hosted.withIoException(queue.join());
  }

  @Override
  public void shutdown() {
    queue.shutdown();
    serveReceivers();
  }

  /** For a {@link PipeEnd}: a get that fails with an {@code EOFException} at the end. */
  YieldEvent<T, IOException> recv() {
    return new HostedRecv();
  }

  /**
   * The queue is shared over a link that carries items of so many bytes. What cannot pass all links
   * is refused by {@code put} from now on, and not lost on its way.
   *
   * @throws IllegalArgumentException if longer items were put already
   */
  synchronized void link(int limit) {
    int put = longest.get();
    if (put > limit) {
      throw new IllegalArgumentException(
          this + " was given an item of " + put + " bytes; maxMessageBytes is " + limit);
    }
    maxBytes = linked ? Math.min(maxBytes, limit) : limit;
    linked = true;
  }

  private void passed(int bytes) {
    int _ = longest.accumulateAndGet(bytes, Math::max);
  }

  private void serveReceivers() {
    for (Waiter next = receivers.peek(); next != null; next = receivers.peek()) {
      try {
        T item = queue.tryGet();
        if (item == null) {
          return;
        }
        boolean _ = receivers.remove(next);
        next.wake(item);
      } catch (QueueShutdownException e) {
        boolean _ = receivers.remove(next);
        next.fail(new EOFException("the other side of " + this + " has ended"));
      }
    }
  }

  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] item) throws IOException {
    switch (operation) {
      case PUT -> {
        byte[] bytes = item == null ? new byte[0] : item;
        if (bytes.length > maxBytes) {
          throw new CodecException(
              "an item of " + bytes.length + " bytes; the limit of " + this + " is " + maxBytes);
        }
        passed(bytes.length);
        co.await(queue.put(codec.decode(bytes)));
        serveReceivers();
      }
      case GET, RECV -> {
        return codec.encode(co.await(queue.get()), maxBytes);
      }
      case TASK_DONE -> queue.taskDone();
      case JOIN -> co.await(queue.join());
      default -> throw unknown(operation);
    }
    return null;
  }

  @Override
  public void tell(Party party, Operation operation, byte @Nullable [] argument) {
    if (operation != Operation.SHUTDOWN) {
      throw unknown(operation);
    }
    shutdown();
  }

  @Override
  public String toString() {
    return title();
  }

  private final class HostedRecv extends YieldEvent<T, IOException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      receivers.add(waiter);
      serveReceivers();
    }

    @Override
    public String describe() {
      return "an item of " + HostedQueue.this;
    }
  }
}
