package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link StreamSocket#sendAll}. Small buffers are put together in the reactor's shared
 * buffer, and go in one system call; a large one goes by itself, without a copy.
 */
final class GatherSocket extends SocketEvent<Long> {
  /** A buffer with this much or more is not copied. */
  private static final int LARGE = 16 * 1024;

  private final StreamSocket socket;
  private final ByteBuffer[] buffers;

  /** How many bytes this wait has written so far. */
  private long written;

  GatherSocket(StreamSocket socket, ByteBuffer[] buffers) {
    super(socket.endpoint(), SelectionKey.OP_WRITE);
    this.socket = socket;
    this.buffers = buffers;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    if (!ready) {
      written = 0;
    }
    long turnEnds = written + SocketBytes.MOST_PER_TURN;
    for (int i = firstLeft(0); i < buffers.length; i = firstLeft(i)) {
      boolean whole = buffers[i].remaining() >= LARGE ? writeOne(i) : writeSmall(i, reactor);
      if (!whole || (written >= turnEnds && firstLeft(i) < buffers.length)) {
        return NOT_READY;
      }
    }
    return socket.isFlushed() ? (Long) written : NOT_READY;
  }

  /** The first buffer, from this one on, with bytes to send. */
  private int firstLeft(int from) {
    int i = from;
    while (i < buffers.length && !buffers[i].hasRemaining()) {
      i++;
    }
    return i;
  }

  /** Returns whether the system took all of it. */
  private boolean writeOne(int index) throws IOException {
    written += socket.writeNow(buffers[index]);
    return !buffers[index].hasRemaining();
  }

  /** Writes small buffers in a row, from this one on; returns whether the system took all of it. */
  private boolean writeSmall(int from, Reactor reactor) throws IOException {
    ByteBuffer together = reactor.output(Reactor.BUFFER_SIZE);
    for (int i = from; i < buffers.length && buffers[i].remaining() <= together.remaining(); i++) {
      together.put(buffers[i].duplicate());
    }
    int size = together.flip().remaining();
    int count = socket.writeNow(together);
    written += count;
    int left = count;
    for (int i = from; left > 0; i++) {
      int of = Math.min(left, buffers[i].remaining());
      buffers[i].position(buffers[i].position() + of);
      left -= of;
    }
    return count == size;
  }

  @Override
  public String describe() {
    long left = 0;
    for (ByteBuffer buffer : buffers) {
      left += buffer.remaining();
    }
    return "room to send " + left + " bytes to " + endpoint();
  }
}
