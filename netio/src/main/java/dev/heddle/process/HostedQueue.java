package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue in the process that has opened it, which keeps the items. As one direction of a {@link
 * Pipe} it is shut down with the last child that shares it, as nobody is at its other end any more.
 */
final class HostedQueue<T> implements ProcessQueue<T>, PipeQueue<T>, Polls.Source, Hosted {
  /** Another one for the next child, after the one of a pipe was shut down by a child's end. */
  Queue<T> queue;

  private final Use use;
  private final String name;
  private final int maxSize;
  private final ItemCodec<T> codec;

  /** Invariant: tasks wait for {@link #recv} only while the queue is empty and not shut down. */
  private final WaitQueue receivers = new WaitQueue();

  private final Polls polls = new Polls(this);
  private final LinkLimit limit = new LinkLimit(this);

  /** How many children that share it were started and have not ended. */
  private int children;

  /** Whether one side has ended the sending, so that no later child changes that. */
  private boolean closed;

  /** Held while a big item is decoded, so that no item that a child puts later overtakes it. */
  private final Lock decoding;

  /** What the queue is for, and so what the end of a child means to it. */
  enum Use {
    /** Any process puts and gets: the end of a child means nothing. */
    QUEUE,
    /** One direction of a pipe. What a child that has ended has not received, nobody receives. */
    PIPE_TO_CHILD,
    /** One direction of a pipe. The parent still receives what children have sent. */
    PIPE_TO_PARENT
  }

  HostedQueue(String name, Class<T> items, int maxSize) {
    this(name, items, maxSize, Use.QUEUE);
  }

  HostedQueue(String name, Class<T> items, int maxSize, Use use) {
    this.name = Hosted.checkName(name);
    this.maxSize = maxSize;
    this.use = use;
    this.codec = new ItemCodec<>(items);
    this.queue = Queue.fifo(name, maxSize);
    this.decoding = new Lock("decoding for queue '" + name + "'");
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
      limit.passed(codec.encode(item, limit.maxBytes()).length);
      return Hosted.withIoException(queue.put(item));
    } catch (CodecException e) {
      return new ImmediateEvent<>(
          "putting into " + this,
          () -> {
            throw e;
          });
    }
  }

  /** A put that is followed by a look at the polls. */
  @Override
  @SuppressWarnings("unchecked") // the select throws what its only event throws
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    YieldEvent<?, ? extends Exception> sent = Select.on(put(message), _ -> polls.answer());
    return (YieldEvent<@Nullable Void, IOException>) sent;
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
    closed = true;
    queue.shutdown();
    serveReceivers();
  }

  @Override
  public void starting() {
    children++;
    if (queue.isShutdown() && !closed) {
      Queue<T> next = Queue.fifo(name, maxSize);
      while (!queue.isEmpty() && queue.tryGet() instanceof T left) {
        boolean taken = next.tryPut(left);
        assert taken : next + " has no room for what was left";
      }
      queue = next;
    }
    assert closed == queue.isShutdown() : this + " is shut down for a child that begins";
  }

  @Override
  public void ended(Party party) {
    children--;
    assert children >= 0 : this + " is left by " + party + ", which has not come";
    if (children > 0 || use == Use.QUEUE) {
      return;
    }
    if (use == Use.PIPE_TO_CHILD) {
      queue.shutdownNow();
    } else {
      queue.shutdown();
    }
    serveReceivers();
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return new HostedRecv();
  }

  @Override
  public YieldEvent<Boolean, IOException> poll(Duration longest) {
    return polls.event(longest);
  }

  @Override
  public boolean hasSome() {
    return !queue.isEmpty() || queue.isShutdown();
  }

  @Override
  public void link(int maxBytes) {
    limit.link(maxBytes);
  }

  private void serveReceivers() {
    serveThoseWhoTake();
    polls.answer();
    assert receivers.peek() == null || !hasSome() : "somebody waits for an item of " + this;
  }

  private void serveThoseWhoTake() {
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
        byte[] bytes = limit.check("an item", item == null ? new byte[0] : item);
        co.await(queue.put(decode(co, bytes)));
        serveReceivers();
      }
      case GET, RECV -> {
        return codec.encode(co.await(queue.get()), limit.maxBytes());
      }
      case POLL -> {
        long nanos = ByteBuffer.wrap(Objects.requireNonNull(item, "nanoseconds")).getLong();
        return new byte[] {(byte) (co.await(poll(Duration.ofNanos(nanos))) ? 1 : 0)};
      }
      case TASK_DONE -> queue.taskDone();
      case JOIN -> co.await(queue.join());
      default -> throw unknown(operation);
    }
    return null;
  }

  /** Items are decoded in the order in which they came; but big ones off the loop. */
  private T decode(Awaiter co, byte[] bytes) throws IOException {
    if (bytes.length <= GuardedCodec.BIG && !decoding.isLocked()) {
      return codec.decode(bytes);
    }
    try (var held = co.await(decoding.acquire())) {
      return codec.decode(co, bytes);
    }
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
