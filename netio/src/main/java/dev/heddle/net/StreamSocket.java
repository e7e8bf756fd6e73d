package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
 * <p>A socket belongs to the scheduler whose task uses it first, and is used inside of that
 * scheduler only. One task may wait to receive and one to send; a second one gets a {@code
 * SocketException} that names the first, and has moved no byte. Who gives the two directions to two
 * tasks may hand out {@link #readHalf} and {@link #writeHalf}. A deadline set for the socket with
 * {@code scheduler.setDeadline} closes the socket when it has passed; see {@link #setIdleTimeout}
 * for deadlines that move.
 *
 * <p>Failures of the connection are {@code IOException}s that name the peer's address, and tell by
 * their type who has ended it: {@link SocketClosedException} this side, {@link
 * SocketResetException} the peer, {@link SocketTimedOutException} the clock. An event may be
 * awaited again when its wait is over, and does the operation once more.
 *
 * <p>This file is long because it is all that a user may ask of a connection; the work is in the
 * events.
 */
public abstract sealed class StreamSocket extends Timed implements AutoCloseable
    permits TcpSocket, TlsSocket {
  /** Made at the first use. */
  private @Nullable ReadHalf readHalf;

  /** Made at the first use. */
  private @Nullable WriteHalf writeHalf;

  StreamSocket() {}

  // Receiving.

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
  public final YieldEvent<Integer, IOException> recv(ByteBuffer buffer) {
    checkRoom(buffer);
    return new ReadSocket(this, buffer);
  }

  /**
   * Receives what has arrived, without waiting: the number of bytes, 0 if nothing is there, or -1
   * at the end of the input.
   *
   * @throws IOException as {@link #recv} fails; also if another task waits to receive
   * @throws IllegalArgumentException if the buffer has no room or is read-only
   */
  public final int tryRecv(ByteBuffer buffer) throws IOException {
    checkRoom(buffer);
    enter("tryRecv", SelectionKey.OP_READ);
    return read(buffer);
  }

  /**
   * Waits until {@link #recv} would not wait, and {@link #tryRecv} would not give 0: bytes have
   * arrived, or the end, or a failure. Of an encrypted connection these are bytes that are
   * decrypted; a part of a record is nothing yet. Takes nothing. Stands for {@code recv} also in
   * that one task at a time may wait.
   */
  @CheckReturnValue
  public final YieldEvent<@Nullable Void, IOException> readable() {
    return new ReadySocket(this, SelectionKey.OP_READ);
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
  public final YieldEvent<@Nullable Void, IOException> closed() {
    return new AwaitEnd(this);
  }

  /**
   * Sends all that comes from this socket, until the end of its input, to another one of the same
   * scheduler, encrypted or not. Reads only what the other one takes. Gives the number of bytes.
   *
   * <p>To pass the end on as well, call {@link #shutdownOutput} of the other one then.
   *
   * <p>While it waits, nobody else can receive from this socket, nor send to the other. A cancelled
   * caller has lost no byte: what was received and not sent is received again by the next who does.
   * Fails as {@link #recv} of this socket and {@link #send(ByteBuffer)} of the other do.
   */
  @CheckReturnValue
  public final YieldEvent<Long, IOException> copyTo(StreamSocket target) {
    return new CopySocket(this, Objects.requireNonNull(target, "target"));
  }

  // Sending.

  /**
   * Sends all that remains in {@code buffer}, and waits for room as often as necessary. Gives the
   * number of bytes sent. Of a cancelled caller a part may have been sent: the buffer's position
   * tells how much; of an encrypted connection it may be all, of which the end is still on its way.
   *
   * <p>Fails as {@link #recv} does; with a {@link SocketResetException} also if the peer has gone,
   * and with a {@link SocketClosedException} after {@link #shutdownOutput}.
   */
  @CheckReturnValue
  public final YieldEvent<Integer, IOException> send(ByteBuffer buffer) {
    Objects.requireNonNull(buffer, "buffer");
    return new WriteSocket(this, false, false, reactor -> buffer);
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
  public final YieldEvent<Integer, IOException> send(int capacity, Consumer<ByteBuffer> content) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    Objects.requireNonNull(content, "content");
    return new WriteSocket(
        this,
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
  public final YieldEvent<Long, IOException> sendAll(ByteBuffer... buffers) {
    for (ByteBuffer buffer : buffers) {
      Objects.requireNonNull(buffer, "buffer");
    }
    return new GatherSocket(this, buffers.clone());
  }

  /**
   * Sends as much of {@code buffer} as the system takes at once, and waits until that is at least
   * one byte. Gives the number of bytes sent, by which the buffer's position has moved. A cancelled
   * caller has sent nothing. Fails as {@link #send(ByteBuffer)} does.
   */
  @CheckReturnValue
  public final YieldEvent<Integer, IOException> sendSome(ByteBuffer buffer) {
    Objects.requireNonNull(buffer, "buffer");
    return new WriteSocket(this, false, true, reactor -> buffer);
  }

  /**
   * Sends as much of {@code buffer} as the system takes now, without waiting: the number of bytes,
   * by which the buffer's position has moved; 0 if there is no room. An encrypted connection takes
   * a whole record or nothing; where the system has taken a part of it, the socket sends the rest
   * by itself.
   *
   * @throws IOException as {@link #send(ByteBuffer)} fails; also if another task waits to send
   */
  public final int trySend(ByteBuffer buffer) throws IOException {
    enter("trySend", SelectionKey.OP_WRITE);
    return writeNow(buffer);
  }

  /**
   * Sends a part of a file, without a copy through this process where the system can do so and the
   * connection is not encrypted. Gives the number of bytes sent, which is {@code count}. Reading a
   * file that is not in the system's cache holds up the loop for that time.
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
  public final YieldEvent<Long, IOException> sendFile(FileChannel file, long position, long count) {
    Objects.requireNonNull(file, "file");
    if (position < 0 || count < 0 || position + count < 0) {
      throw new IllegalArgumentException(
          "position "
              + position
              + ", count "
              + count
              + ": must be 0 or more, and their sum a long");
    }
    return new SendFile(this, file, position, count);
  }

  /**
   * Waits until the system takes at least one byte to send, or fails to. Stands for {@code send}
   * also in that one task at a time may wait.
   */
  @CheckReturnValue
  public final YieldEvent<@Nullable Void, IOException> writable() {
    return new ReadySocket(this, SelectionKey.OP_WRITE);
  }

  /**
   * Ends the output: the peer reads the end after what was sent. Receiving goes on. Does nothing on
   * a socket that is closed or whose output has ended.
   *
   * @throws java.net.SocketException if a task waits to send: the end would stand in the middle of
   *     what it sends
   * @throws IOException if the connection has failed
   */
  public abstract void shutdownOutput() throws IOException;

  /**
   * Ends the input without losing what has arrived: those bytes are still received, and then,
   * instead of a wait, the end. For servers that shut down.
   */
  public abstract void finishReading();

  // Halves.

  /**
   * The receiving half, for the task that receives; always the same one. Its {@link ReadHalf#close}
   * ends receiving and leaves the other half as it is.
   */
  public final ReadHalf readHalf() {
    if (readHalf == null) {
      readHalf = new ReadHalf(this);
    }
    return readHalf;
  }

  /**
   * The sending half, for the task that sends; always the same one. Its {@link WriteHalf#close}
   * ends the output and leaves the other half as it is.
   */
  public final WriteHalf writeHalf() {
    if (writeHalf == null) {
      writeHalf = new WriteHalf(this);
    }
    return writeHalf;
  }

  // Addresses, options and deadlines.

  /** The address of the peer. */
  public abstract SocketAddress remoteAddress();

  /**
   * The address of this side.
   *
   * @throws IllegalStateException if the connection is a Unix-domain one
   * @throws java.io.UncheckedIOException if the socket is closed
   */
  public abstract InetSocketAddress localAddress();

  /**
   * Sets an option of the socket: one of {@link java.net.StandardSocketOptions} ({@code
   * SO_KEEPALIVE}, {@code SO_SNDBUF}, {@code SO_RCVBUF}, {@code TCP_NODELAY}, ...) or of {@code
   * jdk.net.ExtendedSocketOptions} ({@code TCP_KEEPIDLE}, {@code TCP_KEEPINTERVAL}, ...). The JDK
   * has no user timeout; {@link #setProgressTimeout} is the nearest.
   *
   * @throws UnsupportedOperationException if a connection of this kind has no such option
   * @throws IllegalArgumentException if the value is out of the option's range
   */
  public abstract <T> void setOption(SocketOption<T> option, T value) throws IOException;

  /** The value of an option; unknown ones fail as in {@link #setOption}. */
  public abstract <T> @Nullable T getOption(SocketOption<T> option) throws IOException;

  /** The options that {@link #setOption} knows for this connection. */
  public abstract Set<SocketOption<?>> supportedOptions();

  /**
   * Closes the connection when no byte has been received, and none taken by the system to send, for
   * so long. What has arrived by then is received first. Who waits then gets a {@link
   * SocketTimedOutException}. May be set again at any time, which begins the time anew. Of an
   * encrypted connection the encrypted bytes count.
   *
   * @param timeout positive; a duration of centuries means never
   * @throws IllegalArgumentException if the timeout is not positive
   * @throws IOException if the socket is closed, or another scheduler's
   */
  public abstract void setIdleTimeout(Duration timeout) throws IOException;

  /**
   * Closes the connection when a task has waited for so long to send and the system has taken no
   * byte: the peer does not read. Who waits then gets a {@link SocketTimedOutException}.
   *
   * @param timeout positive
   * @throws IllegalArgumentException if the timeout is not positive
   * @throws IOException if the socket is closed, or another scheduler's
   */
  public abstract void setProgressTimeout(Duration timeout) throws IOException;

  /**
   * How long {@link #close} may wait in the background for the end that the peer makes; 2 seconds
   * unless set.
   *
   * @param longest 0 or more; 0 closes at once, and what is on its way may be lost
   * @throws IllegalArgumentException if it is negative
   */
  public abstract void setLinger(Duration longest);

  // The end.

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

  /**
   * Cuts the connection: the peer gets a reset, and what is on its way in either direction may be
   * lost. Tasks that wait on it get a {@link SocketClosedException}. For peers that do not read, or
   * that have done wrong.
   */
  public abstract void abort();

  // For the events, readers and writers of this package.

  abstract Endpoint endpoint();

  /** Whether it is worth it to try to read before readiness is reported. */
  abstract boolean mayHaveMore();

  /** Whether there are bytes on this side of the selector, of which it knows nothing. */
  abstract boolean holdsInput();

  /** Whether the next read gives bytes, the end or a failure; may read ahead to know it. */
  abstract boolean isReadable(boolean reported) throws IOException;

  /** Whether the next write takes a byte, or fails; may send what an earlier one has left. */
  abstract boolean isWritable(boolean reported) throws IOException;

  /** Whether {@link #finishReading} was called. */
  abstract boolean isFinishing();

  /** Reads without waiting: 0 if nothing is there, -1 at the end. */
  abstract int read(ByteBuffer target) throws IOException;

  /** Bytes that were read, and that nobody has taken: the next read gives them first. */
  abstract void unread(ByteBuffer rest);

  /** Writes without waiting, as much as there is room for. */
  abstract int writeNow(ByteBuffer source) throws IOException;

  /** Writes a part of a file without waiting, as much as there is room for; the file has it. */
  abstract long writeNow(FileChannel file, long position, long count) throws IOException;

  /** Whether the system has taken all that {@link #writeNow} took; tries to make it so. */
  abstract boolean isFlushed() throws IOException;

  /** Whether the end of the input, or of the connection, is known. */
  abstract boolean isOver();

  /**
   * Reads ahead, to find the end of the connection.
   *
   * @param most how many bytes may wait to be received; at that number no more are read
   * @return whether the connection is over
   */
  abstract boolean endsAhead(int most);

  /** Whether so many bytes were read ahead, that no more are. */
  abstract boolean isFullAhead(int most);

  static void checkRoom(ByteBuffer target) {
    if (!target.hasRemaining() || target.isReadOnly()) {
      throw new IllegalArgumentException("cannot receive into " + target + ": no room to write to");
    }
  }

  /** Makes the socket the caller's scheduler's, if it is nobody's. */
  final Scheduler enter(String call) throws IOException {
    Scheduler mine = endpoint().scheduler();
    if (mine == null) {
      mine = Scheduler.current();
    }
    mine.checkInside(call);
    Reactor _ = endpoint().attach(mine);
    return mine;
  }

  private void enter(String call, int operation) throws IOException {
    Scheduler _ = enter(call);
    endpoint().checkHalf(operation);
    endpoint().checkNobodyWaits(operation);
  }
}
