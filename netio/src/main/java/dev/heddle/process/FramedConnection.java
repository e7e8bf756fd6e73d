package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpSocket;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Spawner;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connection that carries {@link Message}s, used by the parent and by the child. A message is
 * four bytes of length, the highest first, and then the message itself.
 *
 * <p>{@link #post} never waits, because a task of the connection does the sending. So nobody has to
 * wait for two things at once. The protocol bounds what the outbox holds: each side has at most one
 * message on its way for each job, and one for each task that asks for an operation on a queue.
 */
final class FramedConnection implements AutoCloseable {
  /** How many bytes a message may have beside the user's bytes: for names and stack traces. */
  private static final int OVERHEAD = 1 << 20;

  private static final int INPUT = 16 * 1024;
  private static final DataCodec CODEC = new DataCodec();

  final TcpSocket socket;
  private final Queue<ByteBuffer> outbox = Queue.fifo();

  /** What has arrived and is not read yet, from position to limit. */
  private final ByteBuffer input = ByteBuffer.allocate(INPUT).flip();

  /** How long a message may be. Small until both sides have greeted each other. */
  private int maxFrame = INPUT;

  FramedConnection(TcpSocket socket) {
    this.socket = socket;
  }

  /** From now on a message may hold so many bytes of an argument, a result or a shared thing. */
  void setMaxMessage(int maxBytes) {
    maxFrame = (int) Math.min(Integer.MAX_VALUE - 8L, (long) maxBytes + OVERHEAD);
  }

  /** Starts the task that sends. */
  void start(Spawner daemons, String name) {
    daemons.spawn(name, this::sendAll);
  }

  private void sendAll(Awaiter co) {
    try {
      while (true) {
        ByteBuffer next = co.await(outbox.get());
        int _ = co.await(socket.send(next));
      }
    } catch (QueueShutdownException e) {
      // closed by the task that receives
    } catch (IOException e) {
      socket.close(); // the task that receives now gets an exception, and reports it
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError thrown) {
      socket.close(); // the same; nothing more would be sent
      throw thrown;
    }
  }

  /** Sends a message after those posted before. A closed or broken connection drops the message. */
  void post(Message message) {
    if (outbox.isShutdown()) {
      return;
    }
    byte[] bytes;
    try {
      bytes = CODEC.encode(message, Message.class, maxFrame);
    } catch (CodecException e) {
      throw new IllegalStateException("a message of our own is refused", e);
    }
    boolean _ =
        outbox.tryPut(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip());
  }

  /**
   * Waits for the next message; for a task in thread style.
   *
   * @throws EOFException if the other side has closed the connection, also within a message
   * @throws CodecException if the bytes are no message, or the message is too long
   */
  Message receive() throws IOException {
    while (input.remaining() < 4) {
      input.compact();
      receiveInto(input);
      input.flip();
    }
    int length = input.getInt();
    if (length < 0 || length > maxFrame) {
      throw new CodecException(
          "a message of " + Integer.toUnsignedString(length) + " bytes; the limit is " + maxFrame);
    }
    byte[] message = room(length);
    int arrived = Math.min(length, input.remaining());
    input.get(message, 0, arrived);
    ByteBuffer rest = ByteBuffer.wrap(message, arrived, length - arrived);
    while (rest.hasRemaining()) {
      receiveInto(rest);
    }
    if (CODEC.decode(message, Message.class) instanceof Message decoded) {
      return decoded;
    }
    throw new CodecException("a message that is null");
  }

  /** Whether the other side has ended. Does not wait; for a moment in which nobody receives. */
  boolean hasEnded() {
    input.compact();
    try {
      return input.hasRemaining() && socket.tryRecv(input) < 0;
    } catch (IOException e) {
      return true;
    } finally {
      input.flip();
    }
  }

  private static byte[] room(int length) throws CodecException {
    try {
      return new byte[length];
    } catch (OutOfMemoryError e) {
      throw new CodecException("a message of " + length + " bytes does not fit into memory", e);
    }
  }

  private void receiveInto(ByteBuffer buffer) throws IOException {
    if (await(socket.recv(buffer)) < 0) {
      throw new EOFException(socket + " has ended");
    }
  }

  /** Drops what was posted and not sent. A task that receives gets an {@code IOException}. */
  @Override
  public void close() {
    socket.close();
    outbox.shutdownNow();
  }
}
