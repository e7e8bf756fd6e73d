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
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
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
 * <p>A socket belongs to the scheduler whose task uses it first, and is used inside of that
 * scheduler only. One task may wait to receive and one to send; a second one gets a {@code
 * SocketException} that names the first, and has moved no byte. {@code TCP_NODELAY} is on. A
 * deadline set for the socket with {@code scheduler.setDeadline} closes the socket when it has
 * passed; see {@link #setIdleTimeout} for deadlines that move.
 *
 * <p>Failures of the connection are {@code IOException}s that name the peer's address, and tell by
 * their type who has ended it: {@link SocketClosedException} this side, {@link
 * SocketResetException} the peer, {@link SocketTimedOutException} the clock. An event may be
 * awaited again when its wait is over, and does the operation once more.
 *
 * <p>This file is long because it is all that a user may ask of a connection; the work is in the
 * events.
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

  /**
   * Receives what has arrived, and waits until that is at least one byte. Gives the number of bytes
   * put into {@code buffer}, or -1 at the end of the input. A cancelled caller has lost no byte.
   * Fails by a type that tells who has ended the connection, as said above.
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
   * Receives what has arrived, without waiting: the number of bytes, 0 if nothing is there, or -1
   * at the end of the input.
   *
   * @throws IOException as {@link #recv} fails; also if another task waits to receive
   * @throws IllegalArgumentException if the buffer has no room or is read-only
   */
  public int tryRecv(ByteBuffer buffer) throws IOException {
    checkRoom(buffer);
    enter("tryRecv", SelectionKey.OP_READ);
    return bytes.read(buffer);
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
    Objects.requireNonNull(buffer, "buffer");
    return new WriteSocket(bytes, false, false, reactor -> buffer);
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
    Objects.requireNonNull(content, "content");
    return new WriteSocket(
        bytes,
        true,
        false,
        reactor -> {
          ByteBuffer shared = reactor.output(capacity);
          content.accept(shared);
          return shared.flip();
        });
  }

  /**
   * Sends all that remains in several buffers, in their order, in as few packets as possible. Gives
   * the number of bytes sent. Of a cancelled caller a part may have been sent: the buffers'
   * positions tell how much. Fails as {@link #send(ByteBuffer)} does.
   *
   * <pre>{@code
   * co.await(socket.sendAll(ByteBuffer.wrap(PREFIX), ByteBuffer.wrap(request)));
   * }</pre>
   */
  @CheckReturnValue
  public YieldEvent<Long, IOException> sendAll(ByteBuffer... buffers) {
    for (ByteBuffer buffer : buffers) {
      Objects.requireNonNull(buffer, "buffer");
    }
    return new GatherSocket(bytes, buffers.clone());
  }

  /**
   * Sends as much of {@code buffer} as the system takes at once, and waits until that is at least
   * one byte. Gives the number of bytes sent, by which the buffer's position has moved. A cancelled
   * caller has sent nothing. Fails as {@link #send(ByteBuffer)} does.
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> sendSome(ByteBuffer buffer) {
    Objects.requireNonNull(buffer, "buffer");
    return new WriteSocket(bytes, false, true, reactor -> buffer);
  }

  /**
   * Sends as much of {@code buffer} as the system takes now, without waiting: the number of bytes,
   * by which the buffer's position has moved; 0 if there is no room.
   *
   * @throws IOException as {@link #send(ByteBuffer)} fails; also if another task waits to send
   */
  public int trySend(ByteBuffer buffer) throws IOException {
    enter("trySend", SelectionKey.OP_WRITE);
    return bytes.write(buffer);
  }

  /**
   * Sends a part of a file, without a copy through this process where the system can do so. Gives
   * the number of bytes sent, which is {@code count}. Reading a file that is not in the system's
   * cache holds up the loop for that time.
   *
   * <p>Of a cancelled caller a part may have been sent. Fails as {@link #send(ByteBuffer)} does,
   * and with an {@link java.io.EOFException} if the file is shorter than {@code position + count}.
   *
   * @param file is open for reading; its own position is neither used nor changed
   * @param position where to begin, 0 or more
   * @param count how many bytes, 0 or more
   * @throws IllegalArgumentException if position or count is negative
   */
  @CheckReturnValue
  public YieldEvent<Long, IOException> sendFile(FileChannel file, long position, long count) {
    Objects.requireNonNull(file, "file");
    if (position < 0 || count < 0 || position + count < 0) {
      throw new IllegalArgumentException(
          "position "
              + position
              + ", count "
              + count
              + ": must be 0 or more, and their sum a long");
    }
    return new SendFile(bytes, file, position, count);
  }

  /**
   * Sends all that comes from this socket, until the end of its input, to another one of the same
   * scheduler. Reads only what the other one takes. Gives the number of bytes.
   *
   * <p>To pass the end on as well, call {@link #shutdownOutput} of the other one then.
   *
   * <p>While it waits, nobody else can receive from this socket, nor send to the other. A cancelled
   * caller has lost no byte: what was received and not sent is received again by the next who does.
   * Fails as {@link #recv} of this socket and {@link #send(ByteBuffer)} of the other do.
   */
  @CheckReturnValue
  public YieldEvent<Long, IOException> copyTo(TcpSocket target) {
    return new CopySocket(bytes, target.bytes);
  }

  /**
   * Waits until {@link #recv} would not wait: bytes have arrived, or the end, or a failure. Takes
   * nothing. Stands for {@code recv} also in that one task at a time may wait.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> readable() {
    return new ReadySocket(bytes, SelectionKey.OP_READ);
  }

  /**
   * Waits until the system takes at least one byte to send, or fails to. Stands for {@code send}
   * also in that one task at a time may wait.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> writable() {
    return new ReadySocket(bytes, SelectionKey.OP_WRITE);
  }

  /**
   * Waits until the connection is over: the peer has ended its output or has reset the connection,
   * or this side has closed it. So a task that works for a client learns that the client has gone.
   *
   * <p>The end stands behind the bytes that came before it. While nobody receives, up to {@value
   * AwaitEnd#MOST_AHEAD} bytes are read ahead and kept for the next {@code recv}; an end behind
   * more than that is seen when they are received. One task at a time may wait.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> closed() {
    return new AwaitEnd(bytes);
  }

  /**
   * Ends the output: the peer reads the end after what was sent. Receiving goes on. Does nothing on
   * a socket that is closed or whose output has ended.
   *
   * @throws java.net.SocketException if a task waits to send: the end would stand in the middle of
   *     what it sends
   * @throws IOException if the connection has failed
   */
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

  /**
   * Ends the input without losing what has arrived: those bytes are still received, and then,
   * instead of a wait, the end. For servers that shut down.
   */
  @Override
  public void finishReading() {
    endpoint.checkInside("finishReading");
    bytes.finishReading();
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
   * @throws UncheckedIOException if the socket is closed
   */
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

  /**
   * Sets an option of the socket: one of {@link StandardSocketOptions} ({@code SO_KEEPALIVE},
   * {@code SO_SNDBUF}, {@code SO_RCVBUF}, {@code TCP_NODELAY}, ...) or of {@code
   * jdk.net.ExtendedSocketOptions} ({@code TCP_KEEPIDLE}, {@code TCP_KEEPINTERVAL}, ...). The JDK
   * has no user timeout; {@link #setProgressTimeout} is the nearest.
   *
   * @throws UnsupportedOperationException if a connection of this kind has no such option
   * @throws IllegalArgumentException if the value is out of the option's range
   */
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    endpoint.checkInside("setOption");
    Addresses.setOption(channel, option, value, this);
  }

  /** The value of an option; unknown ones fail as in {@link #setOption}. */
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    Addresses.checkSupported(channel, option, this);
    return channel.getOption(option);
  }

  /** The options that {@link #setOption} knows for this connection. */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  /**
   * Closes the connection when no byte has been received, and none taken by the system to send, for
   * so long. What has arrived by then is received first. Who waits then gets a {@link
   * SocketTimedOutException}. May be set again at any time, which begins the time anew.
   *
   * @param timeout positive; a duration of centuries means never
   * @throws IllegalArgumentException if the timeout is not positive
   * @throws IOException if the socket is closed, or another scheduler's
   */
  public void setIdleTimeout(Duration timeout) throws IOException {
    timeouts("setIdleTimeout").idle(timeout);
  }

  /**
   * Closes the connection when a task has waited for so long to send and the system has taken no
   * byte: the peer does not read. Who waits then gets a {@link SocketTimedOutException}.
   *
   * @param timeout positive
   * @throws IllegalArgumentException if the timeout is not positive
   * @throws IOException if the socket is closed, or another scheduler's
   */
  public void setProgressTimeout(Duration timeout) throws IOException {
    timeouts("setProgressTimeout").progress(timeout);
  }

  /**
   * How long {@link #close} may wait in the background for the end that the peer makes; 2 seconds
   * unless set.
   *
   * @param longest 0 or more; 0 closes at once, and what is on its way may be lost
   * @throws IllegalArgumentException if it is negative
   */
  public void setLinger(Duration longest) {
    endpoint.checkInside("setLinger");
    if (longest.isNegative()) {
      throw new IllegalArgumentException("cannot linger for " + longest + ": must be 0 or more");
    }
    linger = longest;
  }

  /** Whether the connection has not been closed on this side. */
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

  /**
   * Cuts the connection: the peer gets a reset, and what is on its way in either direction may be
   * lost. Tasks that wait on it get a {@link SocketClosedException}. For peers that do not read, or
   * that have done wrong.
   */
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

  /** Makes the socket the caller's scheduler's, if it is nobody's. */
  private Scheduler enter(String call) throws IOException {
    Scheduler mine = endpoint.scheduler();
    if (mine == null) {
      mine = Scheduler.current();
    }
    mine.checkInside(call);
    Reactor _ = endpoint.attach(mine);
    return mine;
  }

  private void enter(String call, int operation) throws IOException {
    Scheduler _ = enter(call);
    endpoint.checkNobodyWaits(operation);
  }

  // For readers of this package.

  @Override
  Endpoint endpoint() {
    return endpoint;
  }

  SocketBytes bytes() {
    return bytes;
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
  boolean isFlushed() {
    return true;
  }

  @Override
  int writeNow(ByteBuffer source) throws IOException {
    return bytes.write(source);
  }

  @Override
  int read(ByteBuffer target) throws IOException {
    return bytes.read(target);
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
      if (!ready && !bytes.mayHaveMore()) {
        return NOT_READY;
      }
      int count = bytes.read(target);
      return count == 0 ? NOT_READY : (Integer) count;
    }

    @Override
    public String describe() {
      return "bytes from " + endpoint();
    }
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
