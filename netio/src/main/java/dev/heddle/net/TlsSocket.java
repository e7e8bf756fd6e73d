package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
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
    socket.endpoint().sends(engine);
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
   * Tells the peer that the output ends ({@code close_notify}). Receiving goes on, if the peer
   * allows it: before TLS 1.3 a peer ends its own output then.
   *
   * @throws java.net.SocketException if a task waits to send
   */
  @Override
  public void shutdownOutput() throws IOException {
    scheduler.checkInside("shutdownOutput");
    if (isOpen()) {
      endpoint().checkNobodyWrites("cannot end the output");
      boolean _ = engine.endOutput(); // where there is no room, it goes later
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

  @Override
  public void setIdleTimeout(Duration timeout) throws IOException {
    socket.setIdleTimeout(timeout);
  }

  @Override
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    socket.setOption(option, value);
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    return socket.getOption(option);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return socket.supportedOptions();
  }

  @Override
  public void setLinger(Duration longest) {
    socket.setLinger(longest);
  }

  @Override
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

  @Override
  public void abort() {
    socket.abort();
    endpoint().clearDeadline(this);
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
  long writeNow(FileChannel file, long position, long count) throws IOException {
    checkNotClosing();
    long taken = 0;
    while (taken < count && taken < SocketReader.MOST_PER_TURN && engine.flush()) {
      ByteBuffer piece = endpoint().reactor().output(1);
      piece.limit((int) Math.min(piece.limit(), count - taken));
      if (file.read(piece, position + taken) <= 0) {
        break; // the file was cut meanwhile, which the next look at its length tells
      }
      taken += engine.write(piece.flip());
    }
    return taken;
  }

  @Override
  boolean isFlushed() throws IOException {
    return engine.flush();
  }

  @Override
  boolean holdsInput() {
    return engine.holdsInput() || socket.holdsInput();
  }

  @Override
  boolean isReadable(boolean reported) throws IOException {
    checkNotClosing();
    return (reported || mayHaveMore()) && engine.readAhead(1);
  }

  @Override
  boolean isWritable(boolean reported) throws IOException {
    checkNotClosing();
    return reported && engine.flush();
  }

  @Override
  void unread(ByteBuffer rest) {
    engine.unread(rest);
  }

  @Override
  boolean isOver() {
    return !isOpen() || engine.isOver() || socket.isOver();
  }

  @Override
  boolean endsAhead(int most) {
    boolean _ = engine.readAhead(most);
    if (engine.isOver() || engine.isFullAhead(most)) {
      endpoint().dropInterest(SelectionKey.OP_READ);
    }
    return engine.isOver();
  }

  @Override
  boolean isFullAhead(int most) {
    return engine.isFullAhead(most);
  }

  private void checkNotClosing() throws SocketClosedException {
    if (closingBecause != null) {
      throw new SocketClosedException(this + " is closed: " + closingBecause);
    }
  }

  /** Waits until what was encrypted is sent. */
  private final class FlushTls extends SocketEvent<@Nullable Void> {
    FlushTls() {
      super(socket.endpoint(), SelectionKey.OP_WRITE);
    }

    @Override
    boolean outlivesHalf() {
      return true;
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

  /** The task that sends what stands in front of the end, and the end, and closes the socket. */
  private final class LastBytes extends Step<@Nullable Void> {
    private final String reason;
    private boolean begun;

    LastBytes(String reason) {
      this.reason = reason;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (!begun) {
        begun = true;
        return new FlushTls().within(LONGEST_CLOSE);
      }
      socket.close(reason);
      return null;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
      socket.close(reason);
      if (failure instanceof IOException || failure instanceof TimeoutException) {
        return null; // the peer has gone, or does not read
      }
      throw failure;
    }
  }

  @Override
  public String toString() {
    return "TLS " + socket;
  }
}
