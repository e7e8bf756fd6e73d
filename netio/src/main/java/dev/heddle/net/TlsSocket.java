package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted connection over a {@link TcpSocket}, by the TLS of the JDK. It is made by a
 * handshake, and then is used like a plain one.
 *
 * <pre>{@code
 * TcpSocket plain = co.await(TcpSocket.connect(address));
 * try (TlsSocket socket = co.await(TlsSocket.client(plain, TlsOptions.forClient("example.org")))) {
 *   co.await(socket.send(ByteBuffer.wrap(request)));
 *   int n = co.await(socket.recv(buffer));
 * }
 * }</pre>
 *
 * <p>The long computations of a handshake are done by other threads, and the whole handshake has a
 * deadline, {@link TlsOptions#withHandshakeTimeout}.
 *
 * <p>The end of the input is -1 only if the peer has said that it ends; else {@link #recv} fails
 * with a {@link TlsTruncatedException}. What is wrong with the bytes that came is a {@code
 * javax.net.ssl.SSLException}. Other failures are those of the {@link TcpSocket}, which belongs to
 * this one and is not to be used beside it. Another handshake on the same connection
 * (renegotiation) is refused.
 */
public final class TlsSocket extends StreamSocket {
  /** How long a close tries to tell the peer that the output has ended. */
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

  private final TcpSocket socket;
  private final TlsEngine engine;
  private final Scheduler scheduler;

  /** Why the socket is closed, while its last bytes are still to be sent; null otherwise. */
  private @Nullable String closingBecause;

  TlsSocket(TcpSocket socket, TlsEngine engine, Scheduler scheduler) {
    this.socket = socket;
    this.engine = engine;
    this.scheduler = scheduler;
  }

  /**
   * Makes the client's handshake over a new connection, and gives the encrypted one. It owns the
   * plain one from then on.
   *
   * <p>Fails with an {@link javax.net.ssl.SSLHandshakeException} if the two do not agree: the
   * server's certificate is not trusted, or is another host's, or the peer speaks no TLS. Fails
   * with a {@link SocketTimedOutException} if the handshake takes too long, and as {@link
   * TcpSocket#recv} does. After a failure, and for a cancelled caller, the connection is closed.
   *
   * @throws IllegalArgumentException if the options are a server's
   */
  @CheckReturnValue
  public static YieldEvent<TlsSocket, IOException> client(TcpSocket socket, TlsOptions options) {
    return handshake(socket, options, true);
  }

  /**
   * Makes the server's handshake over an accepted connection; see {@link #client}. Let the task
   * that serves the connection await it, and not the one that accepts.
   *
   * <pre>{@code
   * TcpSocket accepted = co.await(listener.accept());
   * clients.spawn(
   *     client -> {
   *       try (TlsSocket socket = client.await(TlsSocket.server(accepted, options))) {
   *         talk(client, socket);
   *       }
   *     });
   * }</pre>
   *
   * @throws IllegalArgumentException if the options are a client's
   */
  @CheckReturnValue
  public static YieldEvent<TlsSocket, IOException> server(TcpSocket socket, TlsOptions options) {
    return handshake(socket, options, false);
  }

  private static YieldEvent<TlsSocket, IOException> handshake(
      TcpSocket socket, TlsOptions options, boolean client) {
    Objects.requireNonNull(socket, "socket");
    if (options.isClient() != client) {
      throw new IllegalArgumentException(
          options + ", and it is to be a " + (client ? "client" : "server"));
    }
    return new TlsHandshake(socket, options);
  }

  /** What was negotiated: version, cipher suite, and the peer's certificates. */
  public SSLSession session() {
    return engine.engine().getSession();
  }

  /** The protocol that both have agreed on (ALPN); empty if there is none. */
  public String applicationProtocol() {
    return Objects.requireNonNullElse(engine.engine().getApplicationProtocol(), "");
  }

  /**
   * Receives what has arrived, as {@link StreamSocket#recv} says. Fails with a {@link
   * TlsTruncatedException} if the connection was cut, and with a {@code javax.net.ssl.SSLException}
   * if what came is not what the peer has sent.
   */
  @Override
  @CheckReturnValue
  public YieldEvent<Integer, IOException> recv(ByteBuffer buffer) {
    checkRoom(buffer);
    return new ReadTls(buffer);
  }

  @Override
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(ByteBuffer buffer) {
    Objects.requireNonNull(buffer, "buffer");
    return new WriteTls(false, reactor -> buffer);
  }

  @Override
  @CheckReturnValue
  public YieldEvent<Integer, IOException> send(int capacity, Consumer<ByteBuffer> content) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    Objects.requireNonNull(content, "content");
    return new WriteTls(
        true,
        reactor -> {
          ByteBuffer shared = reactor.output(capacity);
          content.accept(shared);
          return shared.flip();
        });
  }

  /**
   * Tells the peer that the output ends ({@code close_notify}). Receiving goes on, if the peer
   * allows it: before TLS 1.3 a peer ends its own output then.
   *
   * @throws java.net.SocketException if a task waits to send
   */
  @Override
  public void shutdownOutput() throws IOException {
    scheduler.checkInside("shutdownOutput");
    if (isOpen()) {
      endpoint().checkNobodyWaits(SelectionKey.OP_WRITE);
      if (!engine.endOutput()) {
        scheduler.daemons().spawn("end of output of " + this, new LastBytes(null));
      }
    }
  }

  @Override
  public void finishReading() {
    socket.finishReading();
  }

  @Override
  public SocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  @Override
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /** As {@link TcpSocket#setIdleTimeout} says, of the encrypted bytes. */
  public void setIdleTimeout(Duration timeout) throws IOException {
    socket.setIdleTimeout(timeout);
  }

  /** As {@link TcpSocket#setProgressTimeout} says. */
  public void setProgressTimeout(Duration timeout) throws IOException {
    socket.setProgressTimeout(timeout);
  }

  @Override
  public boolean isOpen() {
    return closingBecause == null && socket.isOpen();
  }

  /**
   * Tells the peer that the output ends, and closes the connection. Tasks that wait on it get a
   * {@link SocketClosedException}.
   */
  @Override
  public void close() {
    close("closed by its owner");
  }

  @Override
  public void close(String reason) {
    if (!isOpen()) {
      return;
    }
    scheduler.checkInside("close");
    Endpoint endpoint = endpoint();
    boolean isQuiet = endpoint.isReadByNobody() && endpoint.isWrittenByNobody();
    if (!endsOutput() && isQuiet && scheduler.isInside()) {
      closingBecause = reason;
      scheduler.daemons().spawn("close of " + this, new LastBytes(reason));
    } else {
      socket.close(reason);
    }
    endpoint.clearDeadline(this);
  }

  /** Returns whether nothing is left to send. */
  private boolean endsOutput() {
    try {
      return engine.endOutput();
    } catch (IOException e) {
      return true; // the peer has gone
    }
  }

  @Override
  protected void handleDeadline(Scheduler owner) {
    socket.timeOut("its time is over");
  }

  @Override
  Endpoint endpoint() {
    return socket.endpoint();
  }

  @Override
  boolean mayHaveMore() {
    return engine.mayHaveMore() || socket.mayHaveMore();
  }

  @Override
  boolean isFinishing() {
    return socket.isFinishing();
  }

  @Override
  int read(ByteBuffer target) throws IOException {
    checkNotClosing();
    return engine.read(target);
  }

  @Override
  int writeNow(ByteBuffer source) throws IOException {
    checkNotClosing();
    return engine.write(source);
  }

  @Override
  boolean isFlushed() throws IOException {
    return engine.flush();
  }

  private void checkNotClosing() throws SocketClosedException {
    if (closingBecause != null) {
      throw new SocketClosedException(this + " is closed: " + closingBecause);
    }
  }

  /** The event of {@link #recv}. */
  private final class ReadTls extends SocketEvent<Integer> {
    private final ByteBuffer target;

    ReadTls(ByteBuffer target) {
      super(socket.endpoint(), SelectionKey.OP_READ);
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

  /** The event of {@link #send}: over when the system has taken all, encrypted. */
  private final class WriteTls extends SocketEvent<Integer> {
    /** Whether the bytes to send are in the reactor's shared buffer. */
    private final boolean shared;

    /** Gives the bytes to send when a wait begins. */
    private final Function<Reactor, ByteBuffer> source;

    /** What is left, not in the shared buffer; null while nothing waits for room. */
    private @Nullable ByteBuffer rest;

    /** How many bytes this wait has encrypted so far. */
    private int written;

    WriteTls(boolean shared, Function<Reactor, ByteBuffer> source) {
      super(socket.endpoint(), SelectionKey.OP_WRITE);
      this.shared = shared;
      this.source = source;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      ByteBuffer left = rest;
      if (left == null) {
        left = source.apply(reactor);
        written = 0;
      }
      written += writeNow(left);
      if (!left.hasRemaining() && isFlushed()) {
        rest = null;
        return written;
      }
      if (rest == null) {
        rest = shared ? ByteBuffer.allocate(left.remaining()).put(left).flip() : left;
      }
      return NOT_READY;
    }

    @Override
    void ended() {
      rest = null;
    }

    @Override
    public String describe() {
      return "room to send to " + endpoint();
    }
  }

  /** Waits until what was encrypted is sent. */
  private final class FlushTls extends SocketEvent<@Nullable Void> {
    FlushTls() {
      super(socket.endpoint(), SelectionKey.OP_WRITE);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      return engine.flush() ? null : NOT_READY;
    }

    @Override
    public String describe() {
      return "room to end the output to " + endpoint();
    }
  }

  /** The task that sends what stands in front of the end, and the end, when there is room. */
  private final class LastBytes extends Step<@Nullable Void> {
    /** With which reason to close the socket then; null if it stays open for input. */
    private final @Nullable String reason;

    private boolean begun;

    LastBytes(@Nullable String reason) {
      this.reason = reason;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (!begun) {
        begun = true;
        return reason == null ? new FlushTls() : new FlushTls().within(LONGEST_CLOSE);
      }
      finish();
      return null;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
      finish();
      if (failure instanceof IOException || failure instanceof TimeoutException) {
        return null; // the peer has gone, or does not read
      }
      throw failure;
    }

    private void finish() {
      if (reason != null) {
        socket.close(reason);
      }
    }
  }

  @Override
  public String toString() {
    return "TLS " + socket;
  }
}
