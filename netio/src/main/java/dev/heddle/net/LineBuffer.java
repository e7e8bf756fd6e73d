package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a socket receives into lines. Each byte is looked at once.
 *
 * <p>What has arrived is read into the reactor's shared buffer and cut there, without a copy. What
 * is left when the task gives up its turn, the beginning of a line mostly, goes into a buffer of
 * this connection's own; so one that sends whole lines, or nothing, holds none.
 */
final class LineBuffer {
  private static final byte NEWLINE = '\n';
  private static final int SMALLEST = 256;

  /** Says that there is no line, and that the input has not ended. */
  static final int NOT_YET = -1;

  private final TcpSocket socket;

  /** Bytes that a line may have, without its newline. */
  private final int maxLength;

  /** From position to limit what is not cut yet: the shared buffer in its turn, else our own. */
  private @Nullable ByteBuffer arrived;

  private boolean isShared;

  /** From the position, how many bytes are known to hold no newline. */
  private int scanned;

  private boolean ended;

  LineBuffer(TcpSocket socket, int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("max line length " + maxLength + ": must be 1 or more");
    }
    this.socket = socket;
    this.maxLength = maxLength;
  }

  /**
   * Reads until there is a line, or the end, or nothing more to read. If there is a line it may be
   * in the shared buffer: take it, and call {@link #keepRest}, before the task gives up its turn.
   *
   * @param ready whether the socket was reported ready
   * @return the length of the line, 0 at the end, {@link #NOT_YET} if more must come
   */
  int awaitLine(Reactor reactor, boolean ready) throws IOException {
    boolean readable = ready || socket.mayHaveMore();
    int length = nextLine();
    while (length == 0 && !ended) {
      keepRest();
      if (!readable || !read(reactor)) {
        return NOT_YET;
      }
      length = nextLine();
      readable = socket.mayHaveMore();
    }
    return length;
  }

  private boolean read(Reactor reactor) throws IOException {
    assert !isShared : "the rest is not kept";
    ByteBuffer input = reactor.input();
    int count = socket.read(input);
    if (count == 0) {
      return false;
    }
    ended = count < 0;
    input.flip();
    ByteBuffer before = arrived;
    if (before == null) {
      arrived = input;
      isShared = true;
      scanned = 0;
    } else {
      arrived = append(before, input);
    }
    return true;
  }

  /**
   * The length of the next line with its newline; at the end of the input, of what is left. 0 if
   * there is none.
   *
   * @throws LineTooLongException if it is longer than allowed
   */
  int nextLine() throws LineTooLongException {
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
    if (i > maxLength) {
      throw new LineTooLongException(socket, maxLength);
    }
    return i < length ? i + 1 : ended ? length : 0;
  }

  /** Moves the next bytes, as many as {@link #nextLine} said. */
  void moveTo(ByteBuffer target, int length) {
    ByteBuffer bytes = arrived;
    assert bytes != null && length > 0;
    int start = bytes.position();
    target.put(target.position(), bytes, start, length).position(target.position() + length);
    bytes.position(start + length);
    scanned = 0;
  }

  /**
   * Before the task gives up its turn: what is in the shared buffer is the next reader's to use.
   */
  void keepRest() {
    ByteBuffer rest = arrived;
    if (rest == null) {
      return;
    }
    if (!rest.hasRemaining()) {
      arrived = null;
    } else if (isShared) {
      arrived = ByteBuffer.allocate(Math.max(SMALLEST, rest.remaining())).put(rest).flip();
    }
    isShared = false;
  }

  /** Our own buffer with more behind it: in place if there is room, else in one twice the size. */
  private ByteBuffer append(ByteBuffer own, ByteBuffer more) {
    int needed = own.remaining() + more.remaining();
    ByteBuffer roomy = own;
    if (needed > own.capacity()) {
      roomy = ByteBuffer.allocate(Math.max(needed, 2 * own.capacity())).put(own);
    } else {
      own.compact();
    }
    return roomy.put(more).flip();
  }
}
