package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
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
 * <p>What it does is said at {@link StreamSocket}. {@code TCP_NODELAY} is on.
 */
public final class TcpSocket extends StreamSocket {
  /** How long {@link #close} waits in the background for the peer's end, unless told otherwise. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final SocketChannel channel;
  private final SocketAddress remote;
  private final Endpoint endpoint;

  /** What moves the bytes. */
  private final SocketBytes bytes;

  private Duration linger = LINGER;

  TcpSocket(SocketChannel channel, SocketAddress remote, Endpoint endpoint) throws IOException {
    this.channel = channel;
    this.remote = remote;
    this.endpoint = endpoint;
    this.bytes = new SocketBytes(channel, endpoint);
    if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  /** What a listener has accepted. Until somebody uses it, it is kept by the listener's reactor. */
  static TcpSocket over(SocketChannel accepted, Reactor keeper) throws IOException {
    SocketAddress peer = accepted.getRemoteAddress();
    Endpoint endpoint = new Endpoint(accepted, "connection from", peer);
    TcpSocket socket = new TcpSocket(accepted, peer, endpoint);
    endpoint.keptBy(keeper);
    return socket;
  }

  /**
   * Connects to an address, and gives the connection. A cancelled caller has no connection. A name
   * that was not looked up yet ({@code InetSocketAddress.createUnresolved}) is looked up, by
   * another thread. {@link Connect} has more to choose.
   *
   * <p>Fails with a {@link java.net.ConnectException} if the connection is refused, with a {@link
   * SocketTimedOutException} if the system has waited for an answer in vain, which takes minutes,
   * and with an {@link java.net.UnknownHostException} if nobody knows the name. The message names
   * the address.
   *
   * @throws IllegalArgumentException if the address is neither an {@code InetSocketAddress} nor a
   *     {@code UnixDomainSocketAddress}
   */
  @CheckReturnValue
  public static YieldEvent<TcpSocket, IOException> connect(SocketAddress address) {
    return Connect.checked(address);
  }

  @Override
  public void shutdownOutput() throws IOException {
    endpoint.checkInside("shutdownOutput");
    if (!endpoint.isOpen()) {
      return;
    }
    endpoint.checkNobodyWrites("cannot end the output");
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      throw bytes.failed(e);
    }
  }

  @Override
  public void finishReading() {
    endpoint.checkInside("finishReading");
    bytes.finishReading();
  }

  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress localAddress() {
    if (!endpoint.isOpen()) {
      throw new UncheckedIOException(endpoint.closedException());
    }
    try {
      return Addresses.inet(channel.getLocalAddress(), this);
    } catch (IOException e) {
      throw new UncheckedIOException(bytes.failed(e));
    }
  }

  @Override
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    endpoint.checkInside("setOption");
    Addresses.setOption(channel, option, value, this);
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    Addresses.checkSupported(channel, option, this);
    return channel.getOption(option);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public void setIdleTimeout(Duration timeout) throws IOException {
    timeouts("setIdleTimeout").idle(timeout);
  }

  @Override
  public void setProgressTimeout(Duration timeout) throws IOException {
    timeouts("setProgressTimeout").progress(timeout);
  }

  @Override
  public void setLinger(Duration longest) {
    endpoint.checkInside("setLinger");
    if (longest.isNegative()) {
      throw new IllegalArgumentException("cannot linger for " + longest + ": must be 0 or more");
    }
    linger = longest;
  }

  @Override
  public boolean isOpen() {
    return endpoint.isOpen();
  }

  /**
   * Closes the connection. Tasks that wait on it get a {@link SocketClosedException}.
   *
   * <p>What was sent is not lost: a system resets a connection that is closed with unread input,
   * and the peer may then miss the last bytes sent to it. So where bytes were sent and the peer has
   * not ended, the output ends now, and what still comes is discarded, in the background, until the
   * peer ends too, or {@link #setLinger the time} is over, or the run ends: no task waits for that,
   * and no run. What the system has taken to send it still sends after the end of the run, and of
   * the process, unless the peer sends more. Of a scheduler's sockets 256 may linger at a time; for
   * a further one the oldest is closed. {@link #abort} does without.
   */
  @Override
  public void close() {
    close("closed by its owner");
  }

  /**
   * Closes the connection as {@link #close()} does. Tasks that wait on it get a {@link
   * SocketClosedException} that gives the reason.
   *
   * @param reason what the message says behind {@code "is closed: "}
   */
  @Override
  public void close(String reason) {
    if (!endpoint.isOpen()) {
      return;
    }
    endpoint.checkInside("close");
    clearDeadlines();
    if (linger.isPositive() && bytes.lingers(reason, this)) {
      Scheduler mine = endpoint.scheduler();
      assert mine != null : this + " has sent without a scheduler";
      mine.setDeadline(this, mine.nanoTime() + Timers.saturatedNanos(linger));
    } else {
      endpoint.close(reason);
    }
  }

  @Override
  public void abort() {
    endpoint.checkInside("abort");
    if (!endpoint.isOpen()) {
      return;
    }
    clearDeadlines();
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | UnsupportedOperationException e) {
      // the connection has failed already, or is of a kind that knows no reset
    }
    endpoint.close("aborted by its owner");
  }

  private void clearDeadlines() {
    endpoint.clearDeadline(this);
    SocketTimeouts moving = bytes.timeouts();
    if (moving != null) {
      endpoint.clearDeadline(moving);
    }
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    if (endpoint.isOpen()) {
      timeOut("its time is over");
    } else {
      endpoint.endLingering();
    }
  }

  /** A lingering socket keeps no run going. */
  @Override
  protected boolean isBackground() {
    return !endpoint.isOpen();
  }

  /** A deadline has passed: the connection is closed, and those who wait hear why. */
  void timeOut(String why) {
    clearDeadlines();
    endpoint.timeOut(why);
  }

  private SocketTimeouts timeouts(String call) throws IOException {
    Scheduler mine = enter(call);
    SocketTimeouts moving = bytes.timeouts();
    if (moving == null) {
      moving = new SocketTimeouts(this, mine);
      bytes.report(moving);
    }
    return moving;
  }

  // For readers of this package.

  @Override
  Endpoint endpoint() {
    return endpoint;
  }

  @Override
  boolean mayHaveMore() {
    return bytes.mayHaveMore();
  }

  @Override
  boolean isFinishing() {
    return bytes.isFinishing();
  }

  @Override
  boolean holdsInput() {
    return bytes.needsNoWait();
  }

  @Override
  boolean isReadable(boolean reported) {
    return reported || bytes.needsNoWait();
  }

  @Override
  boolean isWritable(boolean reported) {
    return reported;
  }

  @Override
  boolean isFlushed() {
    return true;
  }

  @Override
  void unread(ByteBuffer rest) {
    bytes.unread(rest);
  }

  @Override
  boolean isOver() {
    return bytes.isOver();
  }

  @Override
  boolean endsAhead(int most) {
    return bytes.endsAhead(most);
  }

  @Override
  boolean isFullAhead(int most) {
    return bytes.isFullAhead(most);
  }

  @Override
  long writeNow(FileChannel file, long position, long count) throws IOException {
    return bytes.write(file, position, count);
  }

  @Override
  int writeNow(ByteBuffer source) throws IOException {
    return bytes.write(source);
  }

  @Override
  int read(ByteBuffer target) throws IOException {
    return bytes.read(target);
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
