package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a channel in memory, for a simulation: those who send are tasks of one
 * scheduler, those who receive of another one or of the same. It has no lock, because one scheduler
 * of a simulation has the turn at a time; the other one hears of a change by {@link
 * Scheduler#runInside}.
 *
 * <p>Invariants: receivers wait only while there is no message; senders wait only while there is no
 * room; both as soon as their scheduler has heard of the last change.
 */
final class MemoryQueue<T> implements PipeQueue<T>, Polls.Source {
  private static final int CAPACITY = Pipe.CAPACITY;

  private final ItemCodec<T> codec;
  private final String name;
  private final Queue<byte[]> messages = new ArrayDeque<>();
  private final WaitQueue senders = new WaitQueue();
  private final WaitQueue receivers = new WaitQueue();
  private final Polls polls = new Polls(this);
  private final Recv recv = new Recv();

  /** Whose tasks send; null before the first one. */
  private @Nullable Scheduler sending;

  /** Whose tasks receive; null before the first one. */
  private @Nullable Scheduler receiving;

  /** Whether nothing more is sent. */
  private boolean shutDown;

  MemoryQueue(Class<T> messages, String name) {
    this.codec = new ItemCodec<>(messages);
    this.name = name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return new Send(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return recv.forCaller();
  }

  @Override
  public YieldEvent<Boolean, IOException> poll(Duration longest) {
    return polls.event(longest);
  }

  @Override
  public void wanted(Scheduler scheduler) {
    receiving = scheduler;
  }

  @Override
  public boolean hasSome() {
    return !messages.isEmpty() || shutDown;
  }

  @Override
  public void shutdown() {
    shutDown = true;
    tell(sending, this::admit);
    tell(receiving, this::serve);
  }

  private static void tell(@Nullable Scheduler scheduler, Runnable change) {
    if (scheduler != null) {
      boolean _ = scheduler.runInside(change); // a scheduler that has ended has nobody who waits
    }
  }

  /** In the scheduler of those who send: takes what there is room for. */
  private void admit() {
    if (shutDown) {
      senders.pollAll(waiter -> waiter.failWith(new QueueShutdownException(name + " is closed")));
    }
    boolean changed = false;
    while (messages.size() < CAPACITY && senders.poll() instanceof Waiter first) {
      MemoryQueue<?>.Send send = (MemoryQueue<?>.Send) first.event();
      assert send != null && send.encoded != null : first + " sends nothing";
      messages.add(send.encoded);
      first.wake(null);
      changed = true;
    }
    if (changed) {
      tell(receiving, this::serve);
    }
  }

  /** In the scheduler of those who receive: hands out what there is. */
  private void serve() {
    boolean changed = false;
    while (!messages.isEmpty() && receivers.poll() instanceof Waiter first) {
      deliver(first, messages.remove());
      changed = true;
    }
    if (messages.isEmpty() && shutDown) {
      receivers.pollAll(waiter -> waiter.failWith(ended()));
    }
    polls.answer();
    if (changed) {
      tell(sending, this::admit);
    }
  }

  private void deliver(Waiter receiver, byte[] message) {
    try {
      receiver.wake(codec.decode(message));
    } catch (IOException e) {
      receiver.failWith(e);
    }
  }

  private EOFException ended() {
    return new EOFException(name + " has ended");
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Recv extends YieldEvent<T, IOException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      receiving = scheduler;
      receivers.add(waiter);
      serve();
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "a message from " + name;
    }
  }

  private final class Send extends YieldEvent<@Nullable Void, IOException> {
    private final T message;

    /** The message, once it is awaited; null before. */
    private byte @Nullable [] encoded;

    Send(T message) {
      this.message = message;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      sending = scheduler;
      try {
        encoded = codec.encode(message, ItemCodec.MOST_BYTES);
      } catch (IOException e) {
        fail(waiter, e);
        return;
      }
      senders.add(waiter);
      admit();
    }

    @Override
    public String describe() {
      return "room to send a message over " + name;
    }
  }
}
