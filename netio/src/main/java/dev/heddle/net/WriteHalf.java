package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link StreamSocket}, for the one task that sends, while another one has
 * the {@link ReadHalf}, where there is an example. Each task closes its own half; when both are
 * closed, so is the socket.
 *
 * <p>The half sends as the socket does, with the same failures. To be used inside of the socket's
 * scheduler.
 */
public final class WriteHalf implements AutoCloseable {
  private final StreamSocket socket;

  WriteHalf(StreamSocket socket) {
    this.socket = socket;
  }

  /** The whole socket: for its addresses, options and deadlines, and to close both halves. */
  public StreamSocket socket() {
    return socket;
  }

  /** As {@link StreamSocket#send(ByteBuffer)}. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(ByteBuffer buffer) {
    return socket.send(buffer);
  }

  /** As {@link StreamSocket#send(int, Consumer)}. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(int capacity, Consumer<ByteBuffer> content) {
    return socket.send(capacity, content);
  }

  /** As {@link StreamSocket#sendAll}. */
  @CheckReturnValue
  public YieldEvent<Long, IOException> sendAll(ByteBuffer... buffers) {
    return socket.sendAll(buffers);
  }

  /** As {@link StreamSocket#sendSome}. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> sendSome(ByteBuffer buffer) {
    return socket.sendSome(buffer);
  }

  /** As {@link StreamSocket#trySend}. */
  public int trySend(ByteBuffer buffer) throws IOException {
    return socket.trySend(buffer);
  }

  /** As {@link StreamSocket#sendFile}. */
  @CheckReturnValue
  public YieldEvent<Long, IOException> sendFile(FileChannel file, long position, long count) {
    return socket.sendFile(file, position, count);
  }

  /** As {@link StreamSocket#writable}. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> writable() {
    return socket.writable();
  }

  /** Whether neither this half nor the socket has been closed. */
  public boolean isOpen() {
    return socket.isOpen() && !socket.endpoint().isHalfClosed(SelectionKey.OP_WRITE);
  }

  /**
   * Ends the output: the peer reads the end after what was sent. Who waits to send, and who tries
   * to later, gets a {@link SocketClosedException}; of who waits a part may have been sent.
   * Receiving goes on. If the other half is closed, closes the socket. Flush a {@link SocketWriter}
   * before.
   */
  @Override
  public void close() {
    if (!isOpen()) {
      return;
    }
    Endpoint endpoint = socket.endpoint();
    endpoint.closeHalf(SelectionKey.OP_WRITE);
    assert !isOpen() : this + " is open after its close";
    if (endpoint.isHalfClosed(SelectionKey.OP_READ)) {
      socket.close("both of its halves are closed");
      return;
    }
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // the connection has failed: nobody is left to hear of the end
    }
  }

  @Override
  public String toString() {
    return "write half of " + socket;
  }
}
