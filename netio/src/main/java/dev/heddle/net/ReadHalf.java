package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link StreamSocket}, for the one task that receives, while another one
 * has the {@link WriteHalf}. Each task closes its own half; when both are closed, so is the socket.
 *
 * <pre>{@code
 * scheduler.spawn(
 *     "receiver",
 *     task -> {
 *       try (ReadHalf half = socket.readHalf()) {
 *         SocketReader lines = new SocketReader(half);
 *         while (task.await(lines.readLine(StandardCharsets.UTF_8)) instanceof String line) {
 *           append(line);
 *         }
 *       }
 *     });
 * try (WriteHalf half = socket.writeHalf()) {
 *   co.await(half.send(ByteBuffer.wrap(request)));
 * } // the peer reads the end behind the request, and its answer still comes
 * }</pre>
 *
 * <p>The half receives as the socket does, with the same failures. To be used inside of the
 * socket's scheduler.
 */
public final class ReadHalf implements AutoCloseable {
  private final StreamSocket socket;

  ReadHalf(StreamSocket socket) {
    this.socket = socket;
  }

  /** The whole socket: for its addresses, options and deadlines, and to close both halves. */
  public StreamSocket socket() {
    return socket;
  }

  /** As {@link StreamSocket#recv}. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> recv(ByteBuffer buffer) {
    return socket.recv(buffer);
  }

  /** As {@link StreamSocket#tryRecv}. */
  public int tryRecv(ByteBuffer buffer) throws IOException {
    return socket.tryRecv(buffer);
  }

  /** As {@link StreamSocket#readable}. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> readable() {
    return socket.readable();
  }

  /**
   * Sends all that comes to the sending half of another socket, or of this one; as {@link
   * StreamSocket#copyTo}. To pass the end on as well, close the target then.
   */
  @CheckReturnValue
  public YieldEvent<Long, IOException> copyTo(WriteHalf target) {
    return socket.copyTo(target.socket());
  }

  /** Whether neither this half nor the socket has been closed. */
  public boolean isOpen() {
    return socket.isOpen() && !socket.endpoint().isHalfClosed(SelectionKey.OP_READ);
  }

  /**
   * Ends receiving: who waits to receive, and who tries to later, gets a {@link
   * SocketClosedException}. Sending goes on. What the peer still sends is not read, so that a peer
   * that sends much comes to a stop. If the other half is closed, closes the socket.
   */
  @Override
  public void close() {
    if (isOpen()) {
      Endpoint endpoint = socket.endpoint();
      endpoint.closeHalf(SelectionKey.OP_READ);
      if (endpoint.isHalfClosed(SelectionKey.OP_WRITE)) {
        socket.close("both of its halves are closed");
      }
      assert !isOpen() : this + " is open after its close";
    }
  }

  @Override
  public String toString() {
    return "read half of " + socket;
  }
}
