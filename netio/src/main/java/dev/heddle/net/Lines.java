package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a connection line by line: the {@code readline} of Python Cookbook 12.12, in bytes.
 *
 * <pre>{@code
 * Lines lines = new Lines(socket);
 * for (byte[] line = co.await(lines.readLine()); line != null; line = co.await(lines.readLine())) {
 *   co.await(socket.send(ByteBuffer.wrap(line)));
 * }
 * }</pre>
 *
 * <p>A line ends with {@code \n}. All other bytes, {@code \r} and 0 among them, are part of the
 * line as they are. Do not mix with {@link TcpSocket#recv}: bytes may have been read ahead.
 *
 * <p>A server with many connections can do without an array for each line: {@link #hasLine} waits,
 * and {@link #poll} moves lines to where they are needed.
 *
 * <pre>{@code
 * Lines lines = new Lines(socket, 1000);
 * while (co.await(lines.hasLine())) {
 *   co.await(socket.send(1001, out -> lines.poll(out)));
 * }
 * }</pre>
 *
 * <p>To be used inside of the socket's scheduler, by one task at a time.
 */
public final class Lines {
  // Bytes are read into the reactor's shared buffer and cut there, without a copy. The reactor
  // lends that buffer to one connection at a time. When the next connection reads, this one moves
  // the bytes that are left, mostly the beginning of a line, to a buffer of its own. So a
  // connection that sends whole lines, or nothing, holds no buffer.
  //
  // Invariant: a buffer is held only while bytes are left in it, and no more bytes count as scanned
  // than are left.

  /** How many bytes a line may have, unless told otherwise: 64 KiB. */
  public static final int DEFAULT_MAX_LENGTH = 64 * 1024;

  private static final byte NEWLINE = '\n';
  private static final int SMALLEST = 256;

  /** A length that says that there is no line, and that the input has not ended. */
  private static final int NOT_YET = -1;

  private final TcpSocket socket;

  /** Bytes that a line may have, without its newline. */
  private final int maxLength;

  /** From position to limit, the bytes that are not cut yet; null if none are left. */
  private @Nullable ByteBuffer arrived;

  /** The reactor whose shared buffer {@link #arrived} is; null if the buffer is our own. */
  private @Nullable Reactor lender;

  /** From the position, how many bytes are known to hold no newline: no byte is looked at twice. */
  private int scanned;

  /** Whether the end of the input was read. */
  private boolean ended;

  /** Lines of at most {@value #DEFAULT_MAX_LENGTH} bytes. */
  public Lines(TcpSocket socket) {
    this(socket, DEFAULT_MAX_LENGTH);
  }

  /**
   * Lines of a given length at most.
   *
   * @param maxLength in bytes, not counting the newline; 1 or more
   * @throws IllegalArgumentException if the maximum is less than 1
   */
  public Lines(TcpSocket socket, int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("max line length " + maxLength + ": must be 1 or more");
    }
    this.socket = socket;
    this.maxLength = maxLength;
  }

  /**
   * Waits for a line and gives the line with its newline. A last line without a newline is given as
   * it is. At the end of the input the result is null.
   *
   * <p>Fails with a {@link LineTooLongException} if more bytes come without a newline than allowed.
   * These bytes are kept, so that every further call fails as well. A cancelled caller has lost
   * nothing: what has arrived is there for the next call.
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readLine() {
    return new AwaitLine<>(this::take);
  }

  /**
   * Waits for a line and takes nothing: true if {@link #poll} has a line to give, false at the end
   * of the input. Fails as {@link #readLine} does. The event may be awaited again and again.
   */
  @CheckReturnValue
  public YieldEvent<Boolean, IOException> hasLine() {
    return new AwaitLine<>(length -> length > 0);
  }

  /**
   * Moves the next line with its newline into a buffer, if the whole line has arrived. Does not
   * wait.
   *
   * @param target where the line is put, at the buffer's position
   * @return the bytes moved; 0 if no whole line has arrived, if the line is longer than allowed, or
   *     if it does not fit into {@code target}
   */
  public int poll(ByteBuffer target) {
    int length = nextLine();
    if (length > target.remaining()) {
      return 0;
    }
    if (length > 0) {
      moveTo(target, length);
    }
    return length;
  }

  private byte @Nullable [] take(int length) {
    if (length == 0) {
      return null;
    }
    byte[] line = new byte[length];
    moveTo(ByteBuffer.wrap(line), length);
    return line;
  }

  /** Waits for a line, and makes the result of the line's length, which is 0 at the end. */
  private final class AwaitLine<T extends @Nullable Object> extends SocketEvent<T> {
    private final IntFunction<T> result;

    AwaitLine(IntFunction<T> result) {
      super(socket.endpoint(), SelectionKey.OP_READ);
      this.result = result;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      int length = awaitLine(reactor, ready);
      return length == NOT_YET ? NOT_READY : result.apply(length);
    }

    @Override
    public String describe() {
      return "a line from " + endpoint();
    }
  }

  /** Reads until there is a line, whose length it returns, or the end, or nothing more to read. */
  private int awaitLine(Reactor reactor, boolean ready) throws IOException {
    boolean readable = ready || socket.mayHaveMore();
    int length = nextLine();
    while (length == 0 && scanned <= maxLength && !ended) {
      if (!readable || !read(reactor)) {
        return NOT_YET;
      }
      length = nextLine();
      readable = socket.mayHaveMore();
    }
    if (scanned > maxLength) {
      throw new LineTooLongException(socket, maxLength);
    }
    return length;
  }

  /** Returns false if there was nothing to read. */
  private boolean read(Reactor reactor) throws IOException {
    ByteBuffer input = reactor.input();
    int count = socket.read(input);
    ended = count < 0;
    ByteBuffer before = arrived;
    if (count > 0 && before != null) {
      arrived = append(before, input.flip());
    } else if (count > 0) {
      arrived = input.flip();
      lender = reactor;
      reactor.lendInput(this);
    }
    assert valid();
    return count != 0;
  }

  /**
   * The length of the next line with its newline; at the end of the input, of what is left. 0 if
   * there is no line, or if it is longer than allowed.
   */
  private int nextLine() {
    ByteBuffer bytes = arrived;
    if (bytes == null) {
      return 0;
    }
    int from = bytes.position();
    int length = bytes.remaining();
    int i = scanned;
    while (i < length && i <= maxLength && bytes.get(from + i) != NEWLINE) {
      i++;
    }
    scanned = i;
    assert valid();
    if (i > maxLength) {
      return 0;
    }
    return i < length ? i + 1 : ended ? length : 0;
  }

  private void moveTo(ByteBuffer target, int length) {
    ByteBuffer bytes = arrived;
    assert bytes != null && length > 0 : "there is no line";
    int start = bytes.position();
    target.put(target.position(), bytes, start, length).position(target.position() + length);
    bytes.position(start + length);
    scanned = 0;
    if (!bytes.hasRemaining()) {
      arrived = null;
      giveBack();
    }
    assert valid();
  }

  /** Another connection reads: what is left moves from the shared buffer to our own. */
  void keepRest() {
    ByteBuffer rest = arrived;
    assert rest != null && lender != null : "nothing was lent";
    arrived = ByteBuffer.allocate(Math.max(SMALLEST, rest.remaining())).put(rest).flip();
    giveBack();
    assert valid();
  }

  private void giveBack() {
    if (lender != null) {
      lender.lendInput(null);
      lender = null;
    }
  }

  /** Our own buffer with more behind it: in place if there is room, else in one twice the size. */
  private static ByteBuffer append(ByteBuffer own, ByteBuffer more) {
    int needed = own.remaining() + more.remaining();
    ByteBuffer roomy = own;
    if (needed > own.capacity()) {
      roomy = ByteBuffer.allocate(Math.max(needed, 2 * own.capacity())).put(own);
    } else {
      own.compact();
    }
    return roomy.put(more).flip();
  }

  /** The invariant; and the shared buffer is direct, our own is not. */
  private boolean valid() {
    ByteBuffer bytes = arrived;
    return bytes == null
        ? scanned == 0 && lender == null
        : bytes.hasRemaining()
            && scanned <= bytes.remaining()
            && bytes.isDirect() == (lender != null);
  }
}
