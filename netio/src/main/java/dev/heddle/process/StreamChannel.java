package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A channel over two streams. The threads that read and write are {@link FramePump}s; all else is
 * done by the scheduler's thread.
 *
 * <p>Invariant: the reader has been asked for a frame, or one has arrived that nobody has taken, or
 * nobody waits to receive.
 */
final class StreamChannel<T> implements Channel<T> {
  private static final int MOST_BYTES = 16 << 20;
  private static final DataCodec CODEC = new DataCodec();

  private final Class<T> messages;
  private final String peer;
  private final FramePump pump;
  private final Recv recv = new Recv();
  private final WaitQueue receivers = new WaitQueue();

  /** A frame whose receiver was cancelled, kept for the next. */
  private byte @Nullable [] arrived;

  /** Whether the reader has been asked for a frame and has not brought it. */
  private boolean asked;

  /** Why nothing more will arrive. */
  private @Nullable IOException end;

  StreamChannel(InputStream in, OutputStream out, Class<T> messages, String peer) {
    this.messages = messages;
    this.peer = peer;
    this.pump = new FramePump(in, out, MOST_BYTES, peer);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return new Send(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return recv;
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

  private void askForOne(Scheduler scheduler) {
    if (!asked && end == null && !receivers.isEmpty()) {
      asked = true;
      pump.read(scheduler, frame -> arrived(scheduler, frame), this::ended);
    }
  }

  private void arrived(Scheduler scheduler, byte[] frame) {
    assert asked && arrived == null : "a frame that nobody has asked for";
    asked = false;
    Waiter receiver = receivers.poll();
    if (receiver == null) {
      arrived = frame;
    } else {
      recv.deliver(receiver, frame);
      askForOne(scheduler);
    }
  }

  private void ended(IOException why) {
    if (end == null) {
      end = why;
    }
    asked = false;
    for (Waiter task = receivers.poll(); task != null; task = receivers.poll()) {
      recv.failEnd(task, end);
    }
  }

  private final class Recv extends YieldEvent<T, IOException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      byte[] kept = arrived;
      if (kept != null) {
        arrived = null;
        deliver(task, kept);
      } else if (end != null) {
        failEnd(task, end);
      } else {
        receivers.add(task);
        askForOne(scheduler);
      }
    }

    @SuppressWarnings("NullAway") // null is refused by the sender, and here
    void deliver(Waiter task, byte[] frame) {
      try {
        T message = Types.cast(messages, CODEC.decode(frame, messages));
        if (message == null) {
          throw new CodecException("null arrived from " + peer);
        }
        wake(task, message);
      } catch (CodecException e) {
        fail(task, e);
      }
    }

    void failEnd(Waiter task, IOException why) {
      failWith(task, why);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return receivers.remove(task);
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "a message from " + peer;
    }
  }

  private final class Send extends YieldEvent<@Nullable Void, IOException> {
    private final T message;

    /** Who waits until it is written; null if nobody, or not any more. */
    private @Nullable Waiter sender;

    private byte @Nullable [] frame;

    Send(T message) {
      this.message = message;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (sender != null) {
        throw new IllegalStateException(this + " is in use by " + sender + "; make one for each");
      }
      try {
        if (message == null) {
          throw new CodecException("null cannot be sent");
        }
        byte[] bytes = CODEC.encode(message, messages, MOST_BYTES);
        sender = task;
        frame = bytes;
        pump.write(scheduler, bytes, this::written);
      } catch (IOException e) {
        fail(task, e);
      }
    }

    private void written(@Nullable IOException failure) {
      Waiter task = sender;
      sender = null;
      if (task == null) {
        return; // cancelled meanwhile
      }
      if (failure == null) {
        wake(task, null);
      } else {
        failWith(task, failure);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      pump.takeBack(frame);
      sender = null;
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
