package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a socket receives into lines. Each byte is looked at once.
 *
 * <p>What arrives is read into the reactor's shared buffer and cut there, without a copy. The
 * reactor lends that buffer to one connection at a time. When the next connection reads, this one
 * moves the bytes that are left, mostly the beginning of a line, to a buffer of its own. So a
 * connection that sends whole lines, or nothing, holds no buffer.
 *
 * <p>Invariant: a buffer is held only while bytes are left in it, and no more bytes count as
 * scanned than are left.
 */
final class LineBuffer {
  private static final byte NEWLINE = '\n';
  private static final int SMALLEST = 256;

  /** Says that there is no line, and that the input has not ended. */
  static final int NOT_YET = -1;

  private final TcpSocket socket;

  /** Bytes that a line may have, without its newline. */
  private final int maxLength;

  /** From position to limit, the bytes that are not cut yet; null if none are left. */
  private @Nullable ByteBuffer arrived;

  /** The reactor whose shared buffer {@link #arrived} is; null if the buffer is our own. */
  private @Nullable Reactor lender;

  /** From the position, how many bytes are known to hold no newline. */
  private int scanned;

  /** Whether the end of the input was read. */
  private boolean ended;

  LineBuffer(TcpSocket socket, int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("max line length " + maxLength + ": must be 1 or more");
    }
    this.socket = socket;
    this.maxLength = maxLength;
  }

  /**
   * Reads until there is a line, or the end, or nothing more to read.
   *
   * @param ready whether the socket was reported ready
   * @return the length of the line, 0 at the end, {@link #NOT_YET} if more must come
   * @throws LineTooLongException if the next line is longer than allowed
   */
  int awaitLine(Reactor reactor, boolean ready) throws IOException {
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
  int nextLine() {
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

  /** Moves the next bytes, as many as {@link #nextLine} said. */
  void moveTo(ByteBuffer target, int length) {
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
