package dev.heddle.process;

import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two threads that read and write frames on blocking streams, because Java has no selector for the
 * streams of a process. Each thread does what it is asked for and reports the outcome to the
 * scheduler. The threads are daemons and start when they are first needed. All methods are for the
 * scheduler's thread.
 *
 * <p>Invariants: at most one read is asked for at a time; nothing is asked for after the close; the
 * thread of a stream closes the stream and ends with it.
 */
final class StreamPump {

  /** One piece of work for a thread; an exception ends the thread. */
  @FunctionalInterface
  private interface Chore {
    void run() throws IOException;
  }

  /** A frame to write, which {@link #takeBack} finds by its identity, and the work. */
  @SuppressWarnings("ArrayRecordComponent") // never compared by equals
  private record Write(byte @Nullable [] frame, Chore chore) {}

  private final DataInputStream in;
  private final OutputStream out;
  private final int maxBytes;
  private final BlockingQueue<Chore> reads = new LinkedBlockingQueue<>();
  private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();
  private final Thread reader;
  private final Thread writer;
  private boolean closed;

  StreamPump(InputStream in, OutputStream out, int maxBytes, String peer) {
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.out = out;
    this.maxBytes = maxBytes;
    this.reader = thread("from " + peer, () -> reads.take().run(), this.in);
    this.writer = thread("to " + peer, () -> writes.take().chore.run(), out);
  }

  /** What a thread repeats until an exception. */
  @FunctionalInterface
  private interface Round {
    void run() throws IOException, InterruptedException;
  }

  private static Thread thread(String name, Round round, AutoCloseable stream) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .unstarted(
            () -> {
              try (stream) {
                while (true) {
                  round.run();
                }
              } catch (Exception e) {
                // reported by the chore, or thrown because of close()
              }
            });
  }

  /** Asks for a frame. One of the two is told, by the scheduler's thread. */
  void read(Scheduler scheduler, Consumer<byte[]> arrived, Consumer<IOException> ended) {
    assert !closed : "read after the close";
    assert reads.isEmpty() : "two reads at a time";
    reads.add(
        () -> {
          try {
            byte[] frame = readFrame();
            report(scheduler, () -> arrived.accept(frame));
          } catch (IOException e) {
            report(scheduler, () -> ended.accept(e));
            throw e;
          }
        });
    start(reader);
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

  /**
   * Writes a frame and reports to the scheduler's thread: null, or why the stream has failed.
   *
   * @throws IOException if the pump is closed
   */
  void write(Scheduler scheduler, byte[] frame, Consumer<@Nullable IOException> written)
      throws IOException {
    if (closed) {
      throw new IOException("the channel is closed");
    }
    writes.add(
        new Write(
            frame,
            () -> {
              IOException failure = null;
              try {
                writeFrame(frame);
              } catch (IOException e) {
                failure = e;
              }
              IOException outcome = failure;
              report(scheduler, () -> written.accept(outcome));
            }));
    start(writer);
  }

  /** In one piece: a frame is written whole, or the stream is broken. */
  private void writeFrame(byte[] frame) throws IOException {
    out.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
    out.flush();
  }

  /** Does not write a frame after all, if the writing has not begun. */
  void takeBack(byte[] frame) {
    writes.removeIf(write -> write.frame == frame);
  }

  /** The threads write what is left to write, close their streams, and end. Does not wait. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    Chore end =
        () -> {
          throw new EOFException("closed here");
        };
    reads.add(end);
    writes.add(new Write(null, end));
    start(reader);
    start(writer);
  }

  private static void start(Thread thread) {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
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
