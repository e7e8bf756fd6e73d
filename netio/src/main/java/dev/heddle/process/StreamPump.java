package dev.heddle.process;

import dev.heddle.net.blocking.BlockingCalls;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.SafeText;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two threads that read and write frames on blocking streams, because Java has no selector for the
 * streams of a process. Each thread does what it is asked for and reports the outcome to the
 * scheduler. All methods are for the scheduler's thread.
 *
 * <p>Invariants: at most one read is asked for at a time; nothing is asked for after the close.
 */
final class StreamPump {
  private final DataInputStream in;
  private final OutputStream out;
  private final int maxBytes;
  private final BlockingCalls reader;
  private final BlockingCalls writer;
  private boolean closed;

  StreamPump(InputStream in, OutputStream out, int maxBytes, String peer) {
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.out = out;
    this.maxBytes = maxBytes;
    this.reader = BlockingCalls.inTurn("from " + peer);
    this.writer = BlockingCalls.inTurn("to " + peer);
  }

  /**
   * Reads a frame, and opens it in the same thread, so that a big one does not hold up the loop.
   * One of the two is told: what {@code open} gives, or why the stream is over and closed.
   */
  <F> void read(
      Scheduler scheduler,
      Function<byte[], F> open,
      Consumer<F> arrived,
      Consumer<IOException> ended) {
    assert !closed : "read after the close";
    assert !reader.hasWaiting() : "two reads at a time";
    reader.submit(
        () -> {
          try {
            F frame = open.apply(readFrame());
            report(scheduler, () -> arrived.accept(frame));
          } catch (Throwable thrown) { // somebody waits, whatever the stream throws
            close(in);
            report(scheduler, () -> ended.accept(broken(thrown)));
          }
        });
  }

  private static IOException broken(Throwable thrown) {
    return thrown instanceof IOException e
        ? e
        : new IOException("the stream has failed: " + SafeText.describe(thrown), thrown);
  }

  private byte[] readFrame() throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("the other side has ended");
    }
    int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
    if (length < 0 || length > maxBytes) {
      throw new CodecException(
          "a message of " + Integer.toUnsignedString(length) + " bytes; the limit is " + maxBytes);
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length < length) {
      throw new EOFException("the other side has ended in the middle of a message");
    }
    return frame;
  }

  /** The writing of one frame. */
  final class Write implements Runnable {
    private final Scheduler scheduler;
    private final byte[] frame;
    private final Consumer<@Nullable IOException> written;

    /** Whether nobody wants the outcome any more. Only for the scheduler's thread. */
    private boolean takenBack;

    private Write(Scheduler scheduler, byte[] frame, Consumer<@Nullable IOException> written) {
      this.scheduler = scheduler;
      this.frame = frame;
      this.written = written;
    }

    /** In one piece: a frame is written whole, or the stream is broken. */
    @Override
    public void run() {
      try {
        out.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
        out.flush();
        report(scheduler, () -> tell(null));
      } catch (Throwable thrown) {
        report(scheduler, () -> tell(broken(thrown)));
      }
    }

    private void tell(@Nullable IOException failure) {
      if (!takenBack) {
        written.accept(failure);
      }
    }

    /** Does not write the frame if the writing has not begun. Nobody is told the outcome. */
    void takeBack() {
      takenBack = true;
      writer.forget(this);
    }
  }

  /**
   * Writes a frame and tells the outcome: null, or why the stream has failed.
   *
   * @throws IOException if the pump is closed
   */
  Write write(Scheduler scheduler, byte[] frame, Consumer<@Nullable IOException> written)
      throws IOException {
    if (closed) {
      throw new IOException("the channel is closed");
    }
    Write write = new Write(scheduler, frame, written);
    writer.submit(write);
    return write;
  }

  /** The threads write what is left to write, close the streams, and end. Does not wait. */
  void close() {
    if (!closed) {
      closed = true;
      reader.submitLast(() -> close(in));
      writer.submitLast(() -> close(out));
    }
  }

  private static void close(Closeable stream) {
    try {
      stream.close();
    } catch (Throwable thrown) {
      // nothing is read or written any more
    }
  }

  private static void report(Scheduler scheduler, Runnable outcome) {
    try {
      scheduler.execute(outcome);
    } catch (RejectedExecutionException e) {
      // the scheduler is closed, and nobody waits any more
    }
  }
}
