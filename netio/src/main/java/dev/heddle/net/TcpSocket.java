package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
 * <p>A socket belongs to the scheduler whose task waits on it first, and is used inside of that
 * scheduler only. One task may wait to receive and one to send; a second one gets a {@code
 * SocketException} that names the first. {@code TCP_NODELAY} is on. A deadline set for the socket
 * with {@code scheduler.setDeadline} closes the socket when it has passed.
 *
 * <p>Failures of the connection are {@code IOException}s that name the peer's address, and tell by
 * their type who has ended it: {@link SocketClosedException} this side, {@link
 * SocketResetException} the peer, {@link SocketTimedOutException} the clock. An event may be
 * awaited again when its wait is over, and does the operation once more.
 */
public final class TcpSocket extends StreamSocket {
  private final SocketChannel channel;
  private final SocketAddress remote;
  private final Endpoint endpoint;

  /** Whether the last read filled its buffer, so that the next need not wait for readiness. */
  private boolean mayHaveMore;

  /** Whether a read that finds nothing is the end; see {@link #finishReading}. */
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
   * Connects to an address, and gives the connection. A cancelled caller has no connection.
   *
   * <p>Fails with a {@link java.net.ConnectException} if the connection is refused, with a {@link
   * SocketTimedOutException} if the system has waited for an answer in vain, which takes minutes,
   * and with an {@link java.net.UnknownHostException} if the address is unresolved. The message
   * names the address.
   */
  @CheckReturnValue
  public static YieldEvent<TcpSocket, IOException> connect(SocketAddress address) {
    return new ConnectSocket(address);
  }

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
  @Override
  @CheckReturnValue
  public YieldEvent<Integer, IOException> recv(ByteBuffer buffer) {
    checkRoom(buffer);
    return new ReadSocket(buffer);
  }

  /**
   * Sends all that remains in {@code buffer}, and waits for room as often as necessary. Gives the
   * number of bytes sent. Of a cancelled caller a part may have been sent: the buffer's position
   * tells how much.
   *
   * <p>Fails as {@link #recv} does; with a {@link SocketResetException} also if the peer has gone,
   * and with a {@link SocketClosedException} after {@link #shutdownOutput}.
   */
  @Override
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(ByteBuffer buffer) {
    return new WriteSocket(false, reactor -> buffer);
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
  @Override
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(int capacity, Consumer<ByteBuffer> content) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    return new WriteSocket(
        true,
        reactor -> {
          ByteBuffer shared = reactor.output(capacity);
          content.accept(shared);
          return shared.flip();
        });
  }

  /** Ends the output: the peer reads the end after what was sent. Receiving goes on. */
  @Override
  public void shutdownOutput() throws IOException {
    if (channel.isOpen()) {
      channel.shutdownOutput();
    }
  }

  /**
   * Ends the input without losing what has arrived: those bytes are still received, and then,
   * instead of a wait, the end. For servers that shut down.
   */
  @Override
  public void finishReading() {
    finishing = true;
    endpoint.resumeReader();
  }

  /** The address of the peer. */
  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }

  /**
   * The address of this side.
   *
   * @throws IllegalStateException if the connection is a Unix-domain one
   */
  @Override
  public InetSocketAddress localAddress() {
    try {
      return Addresses.inet(channel.getLocalAddress(), this);
    } catch (IOException e) {
      throw new UncheckedIOException(this + " has no local address: " + e.getMessage(), e);
    }
  }

  /** Whether the connection has not been closed on this side. */
  @Override
  public boolean isOpen() {
    return endpoint.isOpen();
  }

  /** Closes the connection. Tasks that wait on it get a {@link SocketClosedException}. */
  @Override
  public void close() {
    close("closed by its owner");
  }

  /**
   * Closes the connection. Tasks that wait on it get a {@link SocketClosedException} that gives the
   * reason.
   *
   * @param reason what the message says behind {@code "is closed: "}
   */
  @Override
  public void close(String reason) {
    endpoint.close(reason);
    endpoint.clearDeadline(this);
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    endpoint.timeOut();
  }

  @Override
  Endpoint endpoint() {
    return endpoint;
  }

  @Override
  boolean isFinishing() {
    return finishing;
  }

  @Override
  boolean mayHaveMore() {
    return mayHaveMore || finishing;
  }

  /** Reads without waiting: 0 if nothing is there, -1 at the end. */
  @Override
  int read(ByteBuffer target) throws IOException {
    int count = readNow(target);
    mayHaveMore = count > 0 && !target.hasRemaining();
    if (count < 0) {
      endpoint.dropInterest(SelectionKey.OP_READ);
    }
    return count == 0 && finishing ? -1 : count;
  }

  private int readNow(ByteBuffer target) throws IOException {
    try {
      return channel.read(target);
    } catch (IOException e) {
      throw endpoint.failed(e);
    }
  }

  @Override
  int writeNow(ByteBuffer source) throws IOException {
    try {
      return channel.write(source);
    } catch (IOException e) {
      throw endpoint.failed(e);
    }
  }

  /** The event of {@link #recv}, by its name in Python Cookbook 12.12. */
  private final class ReadSocket extends SocketEvent<Integer> {
    private final ByteBuffer target;

    ReadSocket(ByteBuffer target) {
      super(endpoint, SelectionKey.OP_READ);
      this.target = target;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      checkRoom(target); // a read without room would find nothing, again and again
      if (!ready && !mayHaveMore()) {
        return NOT_READY;
      }
      int count = read(target);
      return count == 0 ? NOT_READY : (Integer) count;
    }

    @Override
    public String describe() {
      return "bytes from " + endpoint();
    }
  }

  /** The event of {@link #send(ByteBuffer)}, by its name in Python Cookbook 12.12. */
  private final class WriteSocket extends SocketEvent<Integer> {
    /** Whether the bytes to send are in the reactor's shared buffer. */
    private final boolean shared;

    /** Gives the bytes to send when a wait begins. */
    private final Function<Reactor, ByteBuffer> source;

    /** What a short write has left, not in the shared buffer; null while nothing waits for room. */
    private @Nullable ByteBuffer rest;

    /** How many bytes this wait has written so far. */
    private int written;

    WriteSocket(boolean shared, Function<Reactor, ByteBuffer> source) {
      super(endpoint, SelectionKey.OP_WRITE);
      this.shared = shared;
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
      written += writeNow(left);
      if (!left.hasRemaining()) {
        rest = null;
        return written;
      }
      if (rest == null) {
        rest = shared ? ByteBuffer.allocate(left.remaining()).put(left).flip() : left;
      }
      return NOT_READY;
    }

    @Override
    void cancelled() {
      rest = null;
    }

    @Override
    public String describe() {
      String size = rest == null ? "" : rest.remaining() + " bytes ";
      return "room to send " + size + "to " + endpoint();
    }
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
