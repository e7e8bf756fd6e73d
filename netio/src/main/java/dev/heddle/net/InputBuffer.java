package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that have arrived and that nobody has taken yet.
 *
 * <p>Bytes are read into the reactor's shared buffer and taken from there, without a copy. The
 * reactor lends that buffer to one connection at a time. When the next connection reads, this one
 * moves what is left, mostly the beginning of a line, to a buffer of its own. So a connection whose
 * input is taken whole, or that is silent, holds no buffer.
 *
 * <p>An own buffer grows with the bytes in it and never with a limit. To append copies each byte a
 * bounded number of times on average: the buffer is doubled, or what is left moves to its front
 * when at least as much was taken as is left.
 *
 * <p>Invariants: a buffer is held only while bytes are left in it; the shared buffer is direct, an
 * own one is not; the budget counts an own buffer of more than 512 bytes by its size, and no other
 * one.
 */
final class InputBuffer {
  /** Stands for no buffer: has no byte, and no room. */
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static final int SMALLEST = 256;

  /**
   * An own buffer up to this size is not counted in the budget: who sends short lines is served
   * while others have used the budget up.
   */
  private static final int UNCOUNTED = 512;

  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final StreamSocket socket;

  /** The memory of the server that the connection belongs to; null if there is no maximum. */
  private final @Nullable InputBudget budget;

  /** From position to limit, the bytes; {@link #NONE} if there are none. */
  private ByteBuffer bytes = NONE;

  /** The reactor whose shared buffer {@link #bytes} is; null if the buffer is our own. */
  private @Nullable Reactor lender;

  /** How much of the budget is reserved for {@link #bytes}. */
  private int counted;

  /** Why input was lost; null as long as none was. */
  private @Nullable String lost;

  InputBuffer(StreamSocket socket, @Nullable InputBudget budget) {
    this.socket = socket;
    this.budget = budget;
  }

  /** The bytes, from position to limit; to be looked at only. */
  ByteBuffer bytes() {
    return bytes;
  }

  int length() {
    return bytes.remaining();
  }

  boolean isEmpty() {
    return bytes == NONE;
  }

  /** Fails if input was lost: what is here, or comes, is not what the peer has sent. */
  void checkWhole() throws InputMemoryException {
    if (lost != null) {
      throw new InputMemoryException(lost);
    }
  }

  /** Reads once. Gives the number of bytes: 0 if nothing was there, -1 at the end. */
  int fill(Reactor reactor) throws IOException {
    ByteBuffer input = reactor.input();
    int count = socket.read(input);
    if (count > 0) {
      input.flip();
      if (isEmpty()) {
        bytes = input;
        lender = reactor;
        reactor.lendInput(this);
      } else {
        append(input);
      }
    }
    assert valid();
    return count;
  }

  private void append(ByteBuffer more) throws InputMemoryException {
    int count = more.remaining();
    if (count > bytes.capacity() - bytes.limit()) {
      makeRoom(count);
    }
    int end = bytes.limit();
    bytes.limit(end + count).put(end, more, more.position(), count);
  }

  /** There is room for so many bytes behind those that are left. */
  private void makeRoom(int count) throws InputMemoryException {
    int left = bytes.remaining();
    long needed = (long) left + count;
    if (needed <= bytes.capacity() && bytes.position() >= left) {
      bytes.compact().flip();
    } else {
      ByteBuffer larger = allocate(needed, Math.max(needed, 2L * left));
      replace(larger.put(bytes).flip());
    }
    assert count <= bytes.capacity() - bytes.limit() : "no room for " + count + " bytes";
  }

  /** Puts bytes in front: they are taken next. */
  void prepend(ByteBuffer more) throws InputMemoryException {
    int count = more.remaining();
    if (count == 0) {
      return;
    }
    if (bytes.position() < count) {
      int room = count + bytes.remaining(); // as much again, for those who put byte after byte back
      ByteBuffer larger = allocate(room, 2L * room);
      replace(larger.position(larger.capacity() - bytes.remaining()).put(bytes).flip());
      bytes.position(bytes.limit() - (room - count));
    }
    int start = bytes.position() - count;
    bytes.put(start, more, more.position(), count).position(start);
    more.position(more.limit());
    assert valid();
  }

  /** Moves bytes into a buffer that has room for them. */
  void moveTo(ByteBuffer target, int count) {
    assert count <= length() : count + " bytes are not there";
    target
        .put(target.position(), bytes, bytes.position(), count)
        .position(target.position() + count);
    skip(count);
  }

  /** Takes bytes out. */
  byte[] take(int count) {
    byte[] taken = new byte[count];
    moveTo(ByteBuffer.wrap(taken), count);
    return taken;
  }

  /** The first bytes, which stay. */
  byte[] peek(int count) {
    assert count <= length() : count + " bytes are not there";
    byte[] seen = new byte[count];
    bytes.get(bytes.position(), seen);
    return seen;
  }

  void skip(int count) {
    assert 0 <= count && count <= length() : count + " bytes are not there";
    bytes.position(bytes.position() + count);
    if (!bytes.hasRemaining() && bytes != NONE) {
      clear();
    }
    assert valid();
  }

  /** A wait begins: an own buffer that is much too large is not kept through it. */
  void shrink() {
    int left = bytes.remaining();
    if (lender == null && bytes.capacity() > UNCOUNTED && bytes.capacity() / 4 >= left) {
      ByteBuffer smaller = tryAllocate(left, left);
      if (smaller != null) {
        replace(smaller.put(bytes).flip());
      }
    }
    assert valid();
  }

  /** Another connection reads: what is left moves from the shared buffer to our own. */
  void keepRest() {
    assert lender != null && bytes.hasRemaining() : "nothing was lent";
    ByteBuffer own = tryAllocate(bytes.remaining(), bytes.remaining());
    if (own == null) {
      InputMemoryException _ = inputIsLost();
      socket.endpoint().resumeReader(); // to be told
    } else {
      replace(own.put(bytes).flip());
    }
    assert valid();
  }

  /** Lets go of all bytes: the connection is closed. */
  void clear() {
    replace(NONE);
    int _ = tryCount(0, 0);
    assert valid();
  }

  private void replace(ByteBuffer by) {
    if (lender != null) {
      lender.lendInput(null);
      lender = null;
    }
    bytes = by;
  }

  private ByteBuffer allocate(long least, long wanted) throws InputMemoryException {
    ByteBuffer own = tryAllocate(least, wanted);
    if (own == null) {
      throw inputIsLost();
    }
    return own;
  }

  /**
   * A buffer that replaces the one that is there; null, and all is as before, if it cannot be had.
   *
   * @param least the size that it must have
   * @param wanted the size that it has unless the budget has no room for that; who gets less gets
   *     all that is left, so that nobody copies what there is for each byte that comes
   */
  private @Nullable ByteBuffer tryAllocate(long least, long wanted) {
    int before = counted;
    int size = tryCount(rounded(least), rounded(wanted));
    if (size < 0) {
      return null;
    }
    try {
      return ByteBuffer.allocate(size);
    } catch (OutOfMemoryError e) {
      int _ = tryCount(before, before);
      return null;
    }
  }

  private static int rounded(long size) {
    return (int) Math.min(LARGEST, Math.max(SMALLEST, size));
  }

  /**
   * Reserves more of the budget, or less, for a buffer of the wanted size. Gives the size for which
   * there is room; -1, and all is as before, if that is less than the least.
   */
  private int tryCount(int least, int wanted) {
    InputBudget shared = budget;
    if (shared == null) {
      return wanted;
    }
    int size = wanted;
    if (wanted > UNCOUNTED && wanted > counted) {
      int missing = Math.max(0, Math.max(least, UNCOUNTED + 1) - counted);
      long more = shared.reserve(missing, wanted - counted);
      if (more >= 0) {
        counted += (int) more;
        return counted;
      }
      if (least > UNCOUNTED) {
        return -1;
      }
      size = UNCOUNTED;
    }
    int counts = size <= UNCOUNTED ? 0 : size;
    shared.release(counted - counts);
    counted = counts;
    return size;
  }

  private InputMemoryException inputIsLost() {
    lost = socket + " lost " + length() + " bytes of input: no memory is left for unfinished input";
    clear();
    return new InputMemoryException(lost);
  }

  /** The invariants. */
  private boolean valid() {
    boolean counts = budget != null && lender == null && bytes.capacity() > UNCOUNTED;
    return counted == (counts ? bytes.capacity() : 0)
        && (bytes == NONE
            ? lender == null
            : bytes.hasRemaining() && bytes.isDirect() == (lender != null));
  }
}
