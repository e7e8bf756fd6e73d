package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A connection that carries bytes in both directions, plain or encrypted: what protocols are
 * written over, so that one body serves both.
 *
 * <pre>{@code
 * void echo(Awaiter co, StreamSocket socket) throws IOException {
 *   ByteBuffer buffer = ByteBuffer.allocate(4096);
 *   while (co.await(socket.recv(buffer.clear())) >= 0) {
 *     co.await(socket.send(buffer.flip()));
 *   }
 * }
 * }</pre>
 *
 * <p>One task may wait to receive and one to send. A deadline set for the socket with {@code
 * scheduler.setDeadline} closes the socket when it has passed.
 */
public abstract sealed class StreamSocket extends Timed implements AutoCloseable
    permits TcpSocket, TlsSocket {

  StreamSocket() {}

  /**
   * Receives what has arrived, and waits until that is at least one byte. Gives the number of bytes
   * put into {@code buffer}, or -1 at the end of the input. A cancelled caller has lost no byte.
   *
   * <p>Fails with a {@link SocketResetException} if the peer has reset the connection, a {@link
   * SocketClosedException} if this side has closed the socket, also while the caller waits, and a
   * {@link SocketTimedOutException} if the socket's deadline has passed.
   *
   * @throws IllegalArgumentException if the buffer has no room or is read-only; at the await too
   */
  @CheckReturnValue
  public abstract YieldEvent<Integer, IOException> recv(ByteBuffer buffer);

  /**
   * Sends all that remains in {@code buffer}, and waits for room as often as necessary. Gives the
   * number of bytes sent. Of a cancelled caller a part may have been sent: the buffer's position
   * tells how much.
   *
   * <p>Fails as {@link #recv} does; with a {@link SocketResetException} also if the peer has gone,
   * and with a {@link SocketClosedException} after {@link #shutdownOutput}.
   */
  @CheckReturnValue
  public abstract YieldEvent<Integer, IOException> send(ByteBuffer buffer);

  /**
   * Sends what {@code content} puts into a buffer that all sockets of the scheduler share. Gives
   * the number of bytes sent.
   *
   * @param capacity the bytes for which the buffer has room at least; 1 or more
   * @param content puts the bytes to send into the buffer, and must not keep it
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  @CheckReturnValue
  public abstract YieldEvent<Integer, IOException> send(int capacity, Consumer<ByteBuffer> content);

  /** Ends the output: the peer reads the end after what was sent. Receiving goes on. */
  public abstract void shutdownOutput() throws IOException;

  /**
   * Ends the input without losing what has arrived: those bytes are still received, and then,
   * instead of a wait, the end. For servers that shut down.
   */
  public abstract void finishReading();

  /** The address of the peer. */
  public abstract SocketAddress remoteAddress();

  /**
   * The address of this side.
   *
   * @throws IllegalStateException if the connection is a Unix-domain one
   */
  public abstract InetSocketAddress localAddress();

  /** Whether the connection has not been closed on this side. */
  public abstract boolean isOpen();

  /** Closes the connection. Tasks that wait on it get a {@link SocketClosedException}. */
  @Override
  public abstract void close();

  /**
   * Closes the connection. Tasks that wait on it get a {@link SocketClosedException} that gives the
   * reason.
   *
   * @param reason what the message says behind {@code "is closed: "}
   */
  public abstract void close(String reason);

  // For readers and writers of this package.

  abstract Endpoint endpoint();

  /** Whether the next read need not wait for readiness. */
  abstract boolean mayHaveMore();

  /** Whether {@link #finishReading} was called. */
  abstract boolean isFinishing();

  /** Reads without waiting: 0 if nothing is there, -1 at the end. */
  abstract int read(ByteBuffer target) throws IOException;

  /** Writes without waiting, as much as there is room for. */
  abstract int writeNow(ByteBuffer source) throws IOException;

  /** Whether the system has taken all that {@link #writeNow} took; tries to make it so. */
  abstract boolean isFlushed() throws IOException;

  static void checkRoom(ByteBuffer target) {
    if (!target.hasRemaining() || target.isReadOnly()) {
      throw new IllegalArgumentException("cannot receive into " + target + ": no room to write to");
    }
  }
}
