package dev.heddle.net;

import dev.heddle.scheduler.Timed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one connection, without waiting, and knows how far each direction has come:
 * what was read ahead, whether the input has ended, whether output may be on its way.
 *
 * <p>Invariant: bytes that were read ahead come before all that is still to be read from the
 * channel.
 */
final class SocketBytes {
  /** How many bytes one turn moves at the most, however fast the peer is. */
  static final int MOST_PER_TURN = 1 << 20;

  /**
   * How much of a heap buffer one system call writes. The JDK copies what it writes of a heap
   * buffer into a native one, whole, and keeps that one for the thread.
   */
  private static final int HEAP_PIECE = 128 * 1024;

  private final SocketChannel channel;
  private final Endpoint endpoint;

  /** Whether the last read filled its buffer, so that the next need not wait for readiness. */
  private boolean mayHaveMore;

  /** Whether a read that finds nothing is the end; see {@link #finishReading}. */
  private boolean finishing;

  /** Bytes that were read and not given to anybody yet, from position to limit; null if none. */
  private @Nullable ByteBuffer ahead;

  /** Whether the peer's end of output was read. */
  private boolean inputEnded;

  /** Whether the system has taken bytes to send, which a careless close could lose. */
  private boolean sent;

  /** Whether the connection has failed: nothing on its way can be saved any more. */
  private boolean broken;

  /** The moving deadlines; null if there are none. */
  private @Nullable SocketTimeouts timeouts;

  SocketBytes(SocketChannel channel, Endpoint endpoint) {
    this.channel = channel;
    this.endpoint = endpoint;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  @Nullable SocketTimeouts timeouts() {
    return timeouts;
  }

  /** These moving deadlines hear of each byte from now on. */
  void report(SocketTimeouts moving) {
    timeouts = moving;
  }

  void finishReading() {
    finishing = true;
    endpoint.resumeReader();
  }

  boolean mayHaveMore() {
    return mayHaveMore || finishing || ahead != null;
  }

  boolean isFinishing() {
    return finishing;
  }

  /** Whether the next read gives something, or the end, whatever the selector says. */
  boolean needsNoWait() {
    return finishing || ahead != null;
  }

  /** Reads without waiting: 0 if nothing is there, -1 at the end. */
  int read(ByteBuffer target) throws IOException {
    if (ahead != null) {
      return takeAhead(target);
    }
    int count;
    try {
      count = readNow(target);
    } catch (IOException e) {
      endpoint.resumeWatcher();
      throw failed(e);
    }
    mayHaveMore = count > 0 && !target.hasRemaining();
    if (count < 0) {
      inputEnded = true;
      endpoint.dropInterest(SelectionKey.OP_READ);
      endpoint.resumeWatcher();
    } else if (count > 0 && timeouts != null) {
      timeouts.moved();
    }
    return count == 0 && finishing ? -1 : count;
  }

  /** The JDK answers -3 when a signal has come between, which is no end. */
  private int readNow(ByteBuffer target) throws IOException {
    int count = channel.read(target);
    if (count > 0) {
      endpoint.reactor().received(count);
    }
    return count < -1 ? 0 : count;
  }

  private int takeAhead(ByteBuffer target) {
    ByteBuffer kept = ahead;
    assert kept != null && kept.hasRemaining() : "nothing was read ahead";
    int count = Math.min(kept.remaining(), target.remaining());
    target.put(target.position(), kept, kept.position(), count);
    target.position(target.position() + count);
    if (!kept.position(kept.position() + count).hasRemaining()) {
      ahead = null;
      mayHaveMore = true; // the reads ahead were not asked for readiness
      endpoint.resumeWatcher();
    }
    assert valid() : this;
    return count;
  }

  /** Bytes that were read, and that nobody has taken: the next read gives them first. */
  void unread(ByteBuffer rest) {
    ByteBuffer kept = ahead;
    int more = kept == null ? 0 : kept.remaining();
    ByteBuffer all = ByteBuffer.allocate(rest.remaining() + more).put(rest);
    ahead = (kept == null ? all : all.put(kept)).flip();
    assert valid() : this;
  }

  /**
   * Reads ahead, to find the end of the connection.
   *
   * @param most how many bytes may wait to be received; at that number no more are read
   * @return whether the connection is over
   */
  boolean endsAhead(int most) {
    ByteBuffer kept = ahead;
    ByteBuffer roomy = kept == null ? null : kept.compact();
    try {
      if (roomy == null || !roomy.hasRemaining()) {
        int size = roomy == null ? 1024 : Math.min(most, 2 * roomy.capacity());
        ByteBuffer larger = ByteBuffer.allocate(size);
        roomy = roomy == null ? larger : larger.put(roomy.flip());
      }
      if (roomy.hasRemaining() && !inputEnded) {
        inputEnded = readNow(roomy) < 0;
      }
      if (inputEnded || roomy.position() >= most) {
        endpoint.dropInterest(SelectionKey.OP_READ);
      }
      return inputEnded;
    } catch (IOException e) {
      broken = true;
      return true;
    } finally {
      if (roomy != null) {
        ahead = roomy.flip().hasRemaining() ? roomy : null;
      }
      assert valid() : this;
    }
  }

  private boolean valid() {
    return ahead == null || ahead.hasRemaining();
  }

  /** Whether so many bytes were read ahead, that no more are. */
  boolean isFullAhead(int most) {
    return ahead != null && ahead.remaining() >= most;
  }

  /** Whether the end of the input, or of the connection, is known. */
  boolean isOver() {
    return inputEnded || broken || !endpoint.isOpen();
  }

  /** Writes what the system takes, and not more than a turn may. */
  int write(ByteBuffer source) throws IOException {
    int piece = source.isDirect() ? MOST_PER_TURN : HEAP_PIECE;
    return source.remaining() <= piece ? writeNow(source) : writePieces(source, piece);
  }

  private int writePieces(ByteBuffer source, int piece) throws IOException {
    int end = source.limit();
    int total = 0;
    try {
      do {
        source.limit(Math.min(end, source.position() + piece));
        total += writeNow(source);
      } while (!source.hasRemaining() && source.position() < end && total < MOST_PER_TURN);
    } finally {
      source.limit(end);
    }
    return total;
  }

  private int writeNow(ByteBuffer source) throws IOException {
    try {
      int count = Math.max(0, channel.write(source)); // below 0 if a signal has come between
      moved(count);
      return count;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Writes a part of a file, which has it, as much as the system takes. */
  long write(FileChannel file, long position, long count) throws IOException {
    try {
      long taken = file.transferTo(position, count, channel);
      moved(taken);
      return taken;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The system has taken so many bytes to send; perhaps none. */
  private void moved(long count) {
    if (count > 0) {
      sent = true;
      endpoint.reactor().sent(count);
      if (timeouts != null) {
        timeouts.moved();
      }
    } else if (timeouts != null) {
      timeouts.sendWaits();
    }
  }

  IOException failed(IOException thrown) {
    broken = true;
    return endpoint.failed(thrown);
  }

  /**
   * Begins to linger, if a plain close could lose what is on its way: a system resets a connection
   * that is closed with unread input.
   */
  boolean lingers(String reason, Timed deadline) {
    if (!sent || inputEnded || broken) {
      return false;
    }
    try {
      if (!discard()) {
        return false;
      }
      channel.shutdownOutput();
    } catch (IOException e) {
      return false;
    }
    endpoint.linger(reason, new Discard(deadline));
    return true;
  }

  /** Reads on after the close, and throws away. */
  final class Discard implements Endpoint.Lingerer {
    /** Of the socket: when to wait no longer. */
    private final Timed deadline;

    Discard(Timed deadline) {
      this.deadline = deadline;
    }

    @Override
    public boolean discard() {
      return SocketBytes.this.discard();
    }

    @Override
    public void ended() {
      endpoint.clearDeadline(deadline);
    }
  }

  /** Takes what has come after the close. Returns false at the end of the input. */
  private boolean discard() {
    try {
      return readNow(endpoint.reactor().output(1)) >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
