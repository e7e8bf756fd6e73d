package dev.heddle.process;

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
 * Two threads that read and write frames where Java has no readiness, the streams of a process: a
 * frame is read when it is asked for, and what comes of it is told to the scheduler. The threads
 * are daemons, and start when they are first needed.
 */
final class FramePump {

  /** Something for one of the threads to do; each ends with a report to the scheduler. */
  @FunctionalInterface
  private interface Chore {
    void run() throws IOException;
  }

  private final DataInputStream in;
  private final OutputStream out;
  private final int maxBytes;
  private final BlockingQueue<Chore> reads = new LinkedBlockingQueue<>();

  /** With its frame, so that one whose turn has not come can be taken back. */
  private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Write(byte @Nullable [] frame, Chore chore) {}

  private final Thread reader;
  private final Thread writer;

  /** The scheduler's thread only, as are all methods but the chores. */
  private boolean closed;

  FramePump(InputStream in, OutputStream out, int maxBytes, String peer) {
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.out = out;
    this.maxBytes = maxBytes;
    this.reader = thread("from " + peer, () -> reads.take().run(), this.in);
    this.writer = thread("to " + peer, () -> writes.take().chore.run(), out);
  }

  /** What the thread does again and again; an exception ends it. */
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
                // reported by the chore, or the end that close() has asked for
              }
            });
  }

  /** Asks for a frame. */
  void read(Scheduler scheduler, Consumer<byte[]> arrived, Consumer<IOException> ended) {
    reads.add(
        () -> {
          try {
            byte[] frame = readFrame();
            tell(scheduler, () -> arrived.accept(frame));
          } catch (IOException e) {
            tell(scheduler, () -> ended.accept(e));
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

  /** Has a frame written; a failure of the stream is the answer to all that follow, too. */
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
              tell(scheduler, () -> written.accept(outcome));
            }));
    start(writer);
  }

  /** In one piece: a frame is sent whole, or the stream is broken. */
  private void writeFrame(byte[] frame) throws IOException {
    out.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
    out.flush();
  }

  /** Does not write a frame after all, if its writing has not begun. */
  void takeBack(byte @Nullable [] frame) {
    writes.removeIf(write -> write.frame == frame);
  }

  /** What was to be written is written; then both streams are closed, by their threads. */
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

  private static void tell(Scheduler scheduler, Runnable report) {
    try {
      scheduler.execute(report);
    } catch (RejectedExecutionException e) {
      // closed: nobody waits any more
    }
  }
}
