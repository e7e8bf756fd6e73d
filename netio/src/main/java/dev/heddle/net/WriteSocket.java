package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The event of {@link StreamSocket#send}, by its name in Python Cookbook 12.12. */
final class WriteSocket extends SocketEvent<Integer> {
  private final StreamSocket socket;

  /** Whether the bytes to send are in the reactor's shared buffer. */
  private final boolean shared;

  /** Whether the first bytes that the system takes are enough. */
  private final boolean some;

  /** Gives the bytes to send when a wait begins. */
  private final Function<Reactor, ByteBuffer> source;

  /** What a short write has left, not in the shared buffer; null while nothing waits for room. */
  private @Nullable ByteBuffer rest;

  /** How many bytes this wait has written so far. */
  private int written;

  WriteSocket(
      StreamSocket socket, boolean shared, boolean some, Function<Reactor, ByteBuffer> source) {
    super(socket.endpoint(), SelectionKey.OP_WRITE);
    this.socket = socket;
    this.shared = shared;
    this.some = some;
    this.source = source;
  }

  /** Tries before the first wait too, as there is room most of the time. */
  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    ByteBuffer left = rest;
    if (left == null) {
      left = source.apply(reactor);
      written = 0;
    }
    written += socket.writeNow(left);
    if (some ? written > 0 || !left.hasRemaining() : !left.hasRemaining() && socket.isFlushed()) {
      rest = null;
      return written;
    }
    if (rest == null) {
      rest = shared ? ByteBuffer.allocate(left.remaining()).put(left).flip() : left;
    }
    return NOT_READY;
  }

  /** Whatever the end of the wait: nothing is kept for the next one. */
  @Override
  void ended() {
    rest = null;
  }

  @Override
  public String describe() {
    String size = rest == null ? "" : rest.remaining() + " bytes ";
    return "room to send " + size + "to " + endpoint();
  }
}
