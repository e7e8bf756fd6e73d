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
import org.jspecify.annotations.Nullable;

/** A queue in the process that has opened it, which keeps the items. */
final class HostedQueue<T> implements ProcessQueue<T>, Hosted {
  final Queue<T> queue;
  private final String name;
  private final ItemCodec<T> codec;

  /** Tasks that wait for {@link #recv}: only while the queue is empty and not shut down. */
  private final WaitQueue receivers = new WaitQueue();

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
      byte[] _ = codec.encode(item);
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
        co.await(queue.put(codec.decode(item == null ? new byte[0] : item)));
        serveReceivers();
      }
      case GET, RECV -> {
        return codec.encode(co.await(queue.get()));
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
