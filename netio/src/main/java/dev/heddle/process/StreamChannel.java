package dev.heddle.process;

import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A channel over two streams. The threads of a {@link StreamPump} read and write; everything else
 * is done by the scheduler's thread.
 *
 * <p>Invariants: receivers and polls wait only while a frame is asked for; a frame that has arrived
 * is kept only while nobody waits; nothing is asked for after the end.
 */
final class StreamChannel<T> implements Channel<T>, Polls.Source {
  private final String peer;
  private final ItemCodec<T> codec;
  private final StreamPump pump;
  private final Recv recv = new Recv();
  private final WaitQueue receivers = new WaitQueue();
  private final Polls polls = new Polls(this);

  /** A message, or why what has arrived is none. */
  private record Arrival<T>(@Nullable T message, @Nullable CodecException failure) {}

  /**
   * An arrival for which no receiver has waited, as it was polled for or its receiver was
   * cancelled; kept for the next receiver. Null if there is none.
   */
  private @Nullable Arrival<T> kept;

  /** Whether the pump has been asked for a frame and has not brought the frame. */
  private boolean asked;

  /** Why nothing more will arrive; null before the end. */
  private @Nullable IOException end;

  StreamChannel(InputStream in, OutputStream out, Class<T> messages, String peer) {
    this.peer = peer;
    this.codec = new ItemCodec<>(messages);
    this.pump = new StreamPump(in, out, ItemCodec.MOST_BYTES, peer);
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
  public YieldEvent<Boolean, IOException> poll(Duration timeout) {
    return polls.event(timeout);
  }

  @Override
  public boolean hasSome() {
    return kept != null || end != null;
  }

  @Override
  public void wanted(Scheduler scheduler) {
    askForFrame(scheduler);
  }

  @Override
  public boolean isFedFromOutside() {
    return true;
  }

  @Override
  public void close() {
    pump.close();
    ended(new IOException(this + " is closed"));
  }

  @Override
  public String toString() {
    return "channel to " + peer;
  }

  // Transitions.

  private void askForFrame(Scheduler scheduler) {
    if (!asked && (receivers.peek() != null || !polls.isEmpty())) {
      pump.read(scheduler, this::open, arrival -> arrived(scheduler, arrival), this::ended);
      asked = true;
    }
    assert valid();
  }

  /** Called by the thread that reads. */
  private Arrival<T> open(byte[] frame) {
    try {
      return new Arrival<>(codec.decode(frame), null);
    } catch (CodecException e) {
      return new Arrival<>(null, e);
    }
  }

  private void arrived(Scheduler scheduler, Arrival<T> arrival) {
    if (end != null) {
      return; // closed while the frame was on its way
    }
    assert asked && kept == null : "a frame that nobody has asked for";
    asked = false;
    Waiter receiver = receivers.poll();
    if (receiver == null) {
      kept = arrival;
      polls.answer();
    } else {
      deliver(receiver, arrival);
    }
    askForFrame(scheduler);
  }

  private static void deliver(Waiter receiver, Arrival<?> arrival) {
    CodecException failure = arrival.failure;
    if (failure == null) {
      receiver.wake(arrival.message);
    } else {
      receiver.fail(failure);
    }
  }

  private void ended(IOException why) {
    IOException first = end == null ? why : end;
    end = first;
    asked = false;
    receivers.pollAll(waiter -> waiter.failWith(first));
    polls.answer();
    assert valid();
  }

  private boolean valid() {
    boolean somebodyWaits = receivers.peek() != null || !polls.isEmpty();
    return (!somebodyWaits || asked)
        && (kept == null || !(somebodyWaits || asked))
        && (end == null || !asked);
  }

  private final class Recv extends YieldEvent<T, IOException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      Arrival<T> arrival = kept;
      if (arrival != null) {
        kept = null;
        deliver(waiter, arrival);
      } else if (end != null) {
        failWith(waiter, end);
      } else {
        receivers.add(waiter);
        askForFrame(scheduler);
      }
      assert valid();
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "a message from " + peer;
    }
  }

  private final class Send extends SingleWaiterEvent<@Nullable Void, IOException> {
    private final T message;

    /** The writing for which somebody waits; stale after the wait. */
    private StreamPump.@Nullable Write writing;

    Send(T message) {
      this.message = message;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
      writing = pump.write(scheduler, codec.encode(message, ItemCodec.MOST_BYTES), this::written);
    }

    private void written(@Nullable IOException failure) {
      if (failure == null) {
        wake(null);
      } else {
        failWith(failure);
      }
    }

    /** A frame whose writing has begun is written all the same. */
    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      assert writing != null : "waits and writes nothing";
      writing.takeBack();
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "room to send a message to " + peer;
    }
  }
}
