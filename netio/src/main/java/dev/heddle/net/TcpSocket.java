package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/**
 * A TCP connection; or, to or from a Unix-domain address, a connection within the machine.
 *
 * <pre>{@code
 * try (TcpSocket socket = co.await(TcpSocket.connect(address))) {
 *   co.await(socket.send(ByteBuffer.wrap(request)));
 *   int n = co.await(socket.recv(buffer));
 * }
 * }</pre>
 *
 * <p>It belongs to the scheduler whose task waits on it first, and is used inside of that only. One
 * task may wait to receive and one to send; a second gets an error that names the first. {@code
 * TCP_NODELAY} is on. A deadline set for it with {@code scheduler.setDeadline} closes it when it
 * has passed.
 */
public final class TcpSocket extends Timed implements AutoCloseable {
  private final SocketChannel channel;
  private final SocketAddress remote;
  private final Endpoint endpoint;

  /** Whether the last read filled its buffer, so that the next need not wait for readiness. */
  private boolean mayHaveMore;

  /** Whether a read that finds nothing is the end, see {@link #finishReading}. */
  private boolean finishing;

  TcpSocket(SocketChannel channel, SocketAddress remote, Endpoint endpoint) throws IOException {
    this.channel = channel;
    this.remote = remote;
    this.endpoint = endpoint;
    if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  static TcpSocket over(SocketChannel accepted) throws IOException {
    SocketAddress peer = accepted.getRemoteAddress();
    return new TcpSocket(accepted, peer, new Endpoint(accepted, "connection from", peer));
  }

  /**
   * Connects to an address. A cancelled caller has no connection.
   *
   * <p>Fails with a {@link java.net.ConnectException} if it is refused, an {@link
   * java.net.UnknownHostException} if the address is unresolved; both name it.
   */
  @CheckReturnValue
  public static YieldEvent<TcpSocket, IOException> connect(SocketAddress address) {
    return new ConnectSocket(address);
  }

  /**
   * Receives what is there, at least a byte: waits until it is. Gives the number of bytes put into
   * {@code buffer}, or -1 at the end of the input. A cancelled caller has lost no byte.
   *
   * @throws IllegalArgumentException if the buffer has no room or is read-only
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> recv(ByteBuffer buffer) {
    ReadSocket.checkRoom(buffer);
    return new ReadSocket(this, buffer);
  }

  /**
   * Sends all that remains in {@code buffer}, waiting for room as often as it must. Gives the
   * number of bytes sent. Of a cancelled caller a part may have been sent: the buffer's position
   * tells.
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(ByteBuffer buffer) {
    return new WriteSocket(this, buffer);
  }

  /**
   * Sends what {@code content} puts into a buffer that all sockets of the scheduler share. So an
   * answer costs no memory, unless the system takes only a part of it at once. Gives the number of
   * bytes sent.
   *
   * <pre>{@code
   * co.await(socket.send(64, out -> out.put(PREFIX).putLong(count)));
   * }</pre>
   *
   * <p>{@code content} is called once for each await of the event, in the turn of the task that
   * awaits, and must not keep the buffer. What {@code content} throws is thrown at the await, and
   * nothing is sent. Of a cancelled caller a part may have been sent; the rest is lost.
   *
   * @param capacity the bytes for which the buffer has room at least; 1 or more
   * @param content puts the bytes to send into the buffer
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(int capacity, Consumer<ByteBuffer> content) {
    return new WriteComposed(this, capacity, content);
  }

  /** Ends the output: the peer reads the end after what was sent. Receiving goes on. */
  public void shutdownOutput() throws IOException {
    if (channel.isOpen()) {
      channel.shutdownOutput();
    }
  }

  /**
   * Ends the input without losing what has arrived: it is still received, and then, instead of a
   * wait, the end. For servers that shut down.
   */
  public void finishReading() {
    finishing = true;
    endpoint.resumeReader();
  }

  /** The peer. */
  public SocketAddress remoteAddress() {
    return remote;
  }

  /**
   * This side.
   *
   * @throws IllegalStateException if it is of a Unix-domain connection
   */
  public InetSocketAddress localAddress() {
    try {
      return Addresses.inet(channel.getLocalAddress(), this);
    } catch (IOException e) {
      throw new UncheckedIOException(this + " has no local address: " + e.getMessage(), e);
    }
  }

  /** Whether it has not been closed on this side. */
  public boolean isOpen() {
    return endpoint.isOpen();
  }

  /** Closes the connection. Tasks that wait on it get an {@code IOException}. */
  @Override
  public void close() {
    close("closed by its owner");
  }

  /**
   * Closes the connection. Tasks that wait on it get an {@code IOException} that gives the reason.
   *
   * @param reason what the message says behind {@code "is closed: "}
   */
  public void close(String reason) {
    endpoint.close(reason);
    endpoint.clearDeadline(this);
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    close("its time is over");
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean mayHaveMore() {
    return mayHaveMore || finishing;
  }

  /** Reads without waiting: 0 if nothing is there, -1 at the end. */
  int read(ByteBuffer target) throws IOException {
    int count = channel.read(target);
    mayHaveMore = count > 0 && !target.hasRemaining();
    if (count < 0) {
      endpoint.dropInterest(SelectionKey.OP_READ);
    }
    return count == 0 && finishing ? -1 : count;
  }

  /** Writes without waiting what there is room for. */
  int write(ByteBuffer source) throws IOException {
    return channel.write(source);
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
