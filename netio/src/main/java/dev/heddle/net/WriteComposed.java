package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link TcpSocket#send(int, Consumer)}: composes into the reactor's shared buffer and
 * writes from there. Only what a short write leaves needs a buffer of its own.
 */
final class WriteComposed extends SocketEvent<Integer> {
  private final TcpSocket socket;
  private final int capacity;
  private final Consumer<ByteBuffer> content;

  /** What a short write has left; null before one, and when the wait is over. */
  private @Nullable ByteBuffer rest;

  /** How many bytes this wait has written so far. */
  private int written;

  WriteComposed(TcpSocket socket, int capacity, Consumer<ByteBuffer> content) {
    super(socket.endpoint(), SelectionKey.OP_WRITE);
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    this.socket = socket;
    this.capacity = capacity;
    this.content = content;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    ByteBuffer left = rest;
    if (!ready || left == null) {
      left = reactor.output(capacity);
      content.accept(left);
      left.flip();
      written = 0;
    }
    written += socket.write(left);
    if (!left.hasRemaining()) {
      rest = null;
      return written;
    }
    if (left != rest) {
      rest = ByteBuffer.allocate(left.remaining()).put(left).flip();
    }
    return NOT_READY;
  }

  @Override
  void cancelled() {
    rest = null;
  }

  @Override
  public String describe() {
    return "room to send to " + endpoint();
  }
}
