package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is written to a connection and sends it in few, large pieces. A write waits when too
 * much is gathered, so that a peer who does not read holds up who writes to it.
 *
 * <pre>{@code
 * SocketWriter writer = new SocketWriter(socket);
 * co.await(writer.writeLine("HTTP/1.1 200 OK"));
 * co.await(writer.writeLine("Content-Length: " + request.length));
 * co.await(writer.writeLine(""));
 * co.await(writer.write(request));
 * co.await(writer.flush());
 * }</pre>
 *
 * <p>What is written is sent by {@link #flush}, or when the high water mark is reached. A write
 * that finds the mark reached sends, and waits until no more than the low water mark is left. A
 * writer from which all is sent holds no buffer: small answers that are written and flushed in one
 * turn go through a buffer that all connections share.
 *
 * <p>Events fail as those of {@link StreamSocket#send(ByteBuffer)} do. What is written for a
 * cancelled caller stays gathered, and is sent by the next flush; of a large write it may be a
 * part. One wait sends at most some 256 KiB before others have their turns.
 *
 * <p>To be used inside of the socket's scheduler, by one task at a time. Flush before you call
 * {@code send}, {@code shutdownOutput} or {@code close} of the socket. The marks are those of
 * asyncio's transports.
 *
 * <p>Invariants: no more is gathered than the high water mark allows. A buffer is held only while
 * bytes are in it; it is the reactor's only while the reactor knows of it.
 */
public final class SocketWriter {
  /** A write waits until no more bytes than this are left, unless told otherwise: 16 KiB. */
  public static final int DEFAULT_LOW = 16 * 1024;

  /** No more bytes than this are gathered, unless told otherwise: 64 KiB. */
  public static final int DEFAULT_HIGH = 64 * 1024;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);
  private static final int SMALLEST = 256;

  /** What one wait sends before it lets others have their turns. */
  private static final int MOST_PER_TURN = SocketReader.MOST_PER_TURN;

  private final StreamSocket socket;
  private final int low;
  private final int high;

  /** From position to limit, what is to be sent; {@link #NONE} if nothing is. */
  private ByteBuffer gathered = NONE;

  /** The reactor whose shared buffer {@link #gathered} is; null if the buffer is our own. */
  private @Nullable Reactor lender;

  /** Bytes sent since the socket was last reported ready. */
  private int sentInTurn;

  /** With the marks {@value #DEFAULT_LOW} and {@value #DEFAULT_HIGH}. */
  public SocketWriter(StreamSocket socket) {
    this(socket, DEFAULT_LOW, DEFAULT_HIGH);
  }

  /** Of a half of a socket; with the marks {@value #DEFAULT_LOW} and {@value #DEFAULT_HIGH}. */
  public SocketWriter(WriteHalf half) {
    this(half.socket());
  }

  /**
   * With water marks of your own.
   *
   * @param low bytes that may be left when a write that had to wait goes on; 0 or more
   * @param high bytes that are gathered at most; more than {@code low}, up to 1 GiB
   * @throws IllegalArgumentException if a mark is out of its range
   */
  public SocketWriter(StreamSocket socket, int low, int high) {
    this.socket = socket;
    this.high = SocketReader.checkLimit("high water mark", high, 1);
    if (low < 0 || low >= high) {
      throw new IllegalArgumentException(
          "low water mark is " + low + ": must be 0 or more, and less than the high one, " + high);
    }
    this.low = low;
  }

  /** Writes bytes; gives their number. They must not change before the await is over. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> write(byte[] bytes) {
    return new Write(true, ByteBuffer.wrap(bytes));
  }

  /** Writes what remains in the buffers, in order, and leaves nothing in them; gives its number. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> write(ByteBuffer... buffers) {
    return new Write(false, buffers.clone());
  }

  /** Writes text. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> write(String text, Charset charset) {
    return write(text.getBytes(charset));
  }

  /** Writes a line in UTF-8, and {@code \n} behind it. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> writeLine(String line) {
    return writeLine(line, StandardCharsets.UTF_8);
  }

  /** Writes a line, and {@code \n} behind it. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> writeLine(String line, Charset charset) {
    return write((line + "\n").getBytes(charset));
  }

  /**
   * Writes if that needs no wait. Does not wait, and sends nothing.
   *
   * @return false if more would be gathered then than the high water mark allows; nothing is
   *     written then
   */
  public boolean tryWrite(byte[] bytes) {
    if (bytes.length > high - gathered.remaining()) {
      return false;
    }
    gather(ByteBuffer.wrap(bytes), null);
    return true;
  }

  /** Sends all that was written; gives the number of bytes sent by this wait. */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> flush() {
    return new Write(false);
  }

  /** How many bytes are gathered and not sent. */
  public int buffered() {
    return gathered.remaining();
  }

  /** Lets go of all that was not sent: the connection is closed. */
  void release() {
    replace(NONE, null);
  }

  /** Another connection sends: what is left moves from the shared buffer to our own. */
  void keepRest() {
    assert lender != null : "nothing was lent";
    replace(ownFor(gathered.remaining()).put(gathered).flip(), null);
    assert valid() : this;
  }

  private void replace(ByteBuffer by, @Nullable Reactor of) {
    if (lender != null) {
      lender.lendOutput(null);
    }
    if (of != null) {
      of.lendOutput(this);
    }
    lender = of;
    gathered = by;
  }

  private static ByteBuffer ownFor(long size) {
    return ByteBuffer.allocate((int) Math.max(SMALLEST, size));
  }

  /** Takes bytes from the source, as many as the high water mark allows. */
  private void gather(ByteBuffer source, @Nullable Reactor reactor) {
    int count = Math.min(source.remaining(), high - gathered.remaining());
    if (count == 0) {
      return;
    }
    if (count > gathered.capacity() - gathered.limit()) {
      makeRoom(count, reactor);
    }
    int end = gathered.limit();
    gathered.limit(end + count).put(end, source, source.position(), count);
    source.position(source.position() + count);
    assert valid() : this;
  }

  private void makeRoom(int count, @Nullable Reactor reactor) {
    int left = gathered.remaining();
    if (left == 0 && reactor != null && count <= Reactor.BUFFER_SIZE) {
      replace(NONE, null); // before another asks for the shared buffer
      replace(reactor.output(count).limit(0), reactor);
    } else if (left + count <= gathered.capacity() && gathered.position() >= left) {
      gathered.compact().flip();
    } else {
      long size = Math.min(high, Math.max((long) left + count, 2L * left));
      replace(ownFor(size).put(gathered).flip(), null);
    }
    assert count <= gathered.capacity() - gathered.limit() : "no room for " + count + " bytes";
  }

  private boolean isAllSent() throws IOException {
    return !gathered.hasRemaining() && socket.isFlushed();
  }

  /** Writes once. Gives the number of bytes. */
  private int sendOnce() throws IOException {
    try {
      int count = socket.writeNow(gathered);
      sentInTurn += count;
      return count;
    } finally {
      if (!gathered.hasRemaining()) { // also if it was taken, and then the connection has failed
        replace(NONE, null);
      }
      assert valid() : this;
    }
  }

  /** The invariants. */
  private boolean valid() {
    return gathered.remaining() <= high
        && (gathered == NONE ? lender == null : gathered.hasRemaining())
        && gathered.isDirect() == (lender != null);
  }

  /** The event of the writes; without buffers it is that of {@link #flush}. */
  private final class Write extends SocketEvent<Integer> {
    private final ByteBuffer[] sources;

    /** Whether each wait writes the sources from their beginnings. */
    private final boolean rewinds;

    /** What this wait has written, or sent if it is a flush. */
    private int count;

    /** Whether to send until no more than the low water mark is left. */
    private boolean overHigh;

    Write(boolean rewinds, ByteBuffer... sources) {
      super(socket.endpoint(), SelectionKey.OP_WRITE);
      this.rewinds = rewinds;
      this.sources = sources;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      if (ready) {
        sentInTurn = 0;
      } else {
        begin();
      }
      while (!gatherAll(reactor)) {
        if (sentInTurn >= MOST_PER_TURN) {
          return NOT_READY; // the poll reports that there is room
        }
        int sent = sendOnce();
        if (sources.length == 0) {
          count += sent;
        }
        if (sources.length == 0 ? !isAllSent() : gathered.remaining() > low) {
          return NOT_READY;
        }
        overHigh = false;
      }
      return count;
    }

    private void begin() {
      count = 0;
      overHigh = false;
      if (rewinds) {
        sources[0].rewind();
      }
    }

    /** Whether nothing has to be sent before this is over. */
    private boolean gatherAll(Reactor reactor) throws IOException {
      for (ByteBuffer source : sources) {
        if (source.hasRemaining() && !overHigh) {
          int before = source.remaining();
          gather(source, reactor);
          count += before - source.remaining();
          overHigh = source.hasRemaining();
        }
      }
      return sources.length == 0 ? isAllSent() : !overHigh;
    }

    @Override
    public String describe() {
      return "room to send " + gathered.remaining() + " bytes to " + endpoint();
    }
  }

  @Override
  public String toString() {
    return "writer to " + socket;
  }
}
