package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Spawner;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Messages over a socket: four bytes of length, highest first, and the message. The same on both
 * sides.
 *
 * <p>{@link #post} never waits, a task of the link does the sending: so nobody has to wait for two
 * things at once, and what is kept is bounded by the protocol, in which each side has at most one
 * message on its way for each job and each task that asks.
 */
final class Link implements AutoCloseable {
  /** What the messages have beside the bytes of users: names, stack traces. */
  static final int OVERHEAD = 1 << 20;

  private static final int INPUT = 16 * 1024;
  private static final DataCodec CODEC = new DataCodec();

  private final TcpSocket socket;
  private final Queue<ByteBuffer> outbox = Queue.fifo();

  /** What has arrived and is not taken yet, from position to limit. */
  private final ByteBuffer input = ByteBuffer.allocate(INPUT).flip();

  /** Until both sides know the limit, that of a greeting. */
  private int maxFrame = INPUT;

  Link(TcpSocket socket) {
    this.socket = socket;
  }

  /** From now on, messages with up to so many bytes of users. */
  void setMaxMessage(int maxBytes) {
    maxFrame = (int) Math.min(Integer.MAX_VALUE - 8L, (long) maxBytes + OVERHEAD);
  }

  /** Starts the task that sends. */
  void start(Spawner daemons, String name) {
    daemons.spawn(name, this::sendAll);
  }

  private void sendAll() {
    try {
      while (true) {
        ByteBuffer next = await(outbox.get());
        int _ = await(socket.send(next));
      }
    } catch (QueueShutdownException e) {
      // closed by the one who receives
    } catch (IOException e) {
      socket.close(); // the one who receives is told, and tells the rest
    }
  }

  /** Sends a message, when its turn has come; if the link is broken or closed, never. */
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
   * Waits for the next message; in a task in thread style.
   *
   * @throws EOFException if the other side is gone, in the middle of a message or between two
   * @throws CodecException if it is none, or too long
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
    byte[] message = new byte[length];
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

  private void receiveInto(ByteBuffer buffer) throws IOException {
    if (await(socket.recv(buffer)) < 0) {
      throw new EOFException(socket + " has ended");
    }
  }

  /** For tests that break off in the middle of a message. */
  TcpSocket socket() {
    return socket;
  }

  /** What was posted and not sent is lost; who receives gets an {@code IOException}. */
  @Override
  public void close() {
    socket.close();
    outbox.shutdownNow();
  }
}
