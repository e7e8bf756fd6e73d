package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a connection through one buffer in all the ways that protocols need: by lines, by counted
 * bytes, up to a delimiter, or what is there. The ways mix: header lines that are followed by a
 * body, as in HTTP, are read as they come.
 *
 * <pre>{@code
 * SocketReader reader = new SocketReader(socket);
 * int length = 0;
 * String header = co.await(reader.readLine(StandardCharsets.US_ASCII));
 * while (header != null && !header.isEmpty()) {
 *   if (header.startsWith("Content-Length: ")) {
 *     length = Integer.parseInt(header.substring(16));
 *   }
 *   header = co.await(reader.readLine(StandardCharsets.US_ASCII));
 * }
 * byte[] body = co.await(reader.readExactly(length));
 * }</pre>
 *
 * <p>A message behind its length: {@code co.await(reader.readExactly(4))}, and then as many bytes
 * as those four say, after a check. A buffer grows with the bytes that have arrived, and not with
 * what a peer announces.
 *
 * <p>The end of the input is null where the result is an object, and -1 where it is a count. If the
 * input ends in the middle of what is read, the wait fails with an {@link EOFException}; only a
 * last line without a newline is given as it is.
 *
 * <p>A cancelled caller has lost nothing: what has arrived is there for the next call, whichever it
 * is. The exceptions say so. Events fail as {@link StreamSocket#recv} does, and with an {@link
 * InputMemoryException} if no memory is left for what has arrived. One wait reads at most some 256
 * KiB before others have their turns.
 *
 * <p>This file is long because all ways to read one buffer are in it. Invariant: nothing is read
 * from the socket behind the end of the input.
 *
 * <p>For one task of the socket's scheduler at a time. Bytes are read ahead, so do not mix with
 * {@link StreamSocket#recv}; {@link #read} does the same. Names after Go's bufio and asyncio.
 */
public final class SocketReader {
  /** How many bytes a line may have, unless told otherwise: 64 KiB. */
  public static final int DEFAULT_LIMIT = 64 * 1024;

  /** No limit may be larger: 1 GiB. */
  public static final int MOST_LIMIT = 1 << 30;

  /** What one wait reads before it lets others have their turns. */
  static final int MOST_PER_TURN = 4 * Reactor.BUFFER_SIZE;

  private static final byte[] NEWLINE = {'\n'};

  private static final int NOT_YET = DelimiterScan.NOT_YET;

  private final StreamSocket socket;
  private final InputBuffer input;
  private final DelimiterScan scan = new DelimiterScan();

  /** Bytes that a line may have, without its newline, unless the call says otherwise. */
  private final int limit;

  /** Whether the end of the input was read. */
  private boolean ended;

  /**
   * When a line, or what else is read in one go, was first seen to have begun and not to be whole,
   * on the scheduler's clock; 0 if none is.
   */
  private long unfinishedSince;

  /** Bytes read since the socket was last reported ready. */
  private int readInTurn;

  /** With lines of at most {@value #DEFAULT_LIMIT} bytes. */
  public SocketReader(StreamSocket socket) {
    this(socket, DEFAULT_LIMIT);
  }

  /**
   * With lines of a given length at most.
   *
   * @param limit in bytes, not counting the newline; 1 to {@link #MOST_LIMIT}
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public SocketReader(StreamSocket socket, int limit) {
    this(socket, limit, null);
  }

  /** Of a half of a socket; with lines of at most {@value #DEFAULT_LIMIT} bytes. */
  public SocketReader(ReadHalf half) {
    this(half.socket());
  }

  SocketReader(StreamSocket socket, int limit, @Nullable InputBudget budget) {
    this.socket = socket;
    this.limit = checkLimit("limit", limit, 1);
    this.input = new InputBuffer(socket, budget);
  }

  static int checkLimit(String name, int value, int least) {
    if (value < least || value > MOST_LIMIT) {
      throw new IllegalArgumentException(
          name + " is " + value + ": must be " + least + " to " + MOST_LIMIT);
    }
    return value;
  }

  // Lines, and what ends with a delimiter.

  /**
   * Waits for a line and gives the line with its newline, {@code \n}. All other bytes are part of
   * the line as they are. A last line without a newline is given as it is; null at the end.
   *
   * <p>Fails with a {@link LineTooLongException} if more bytes come without a newline than allowed.
   * These bytes are kept, so that every further call fails as well.
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readLine() {
    return readLine(limit);
  }

  /**
   * The same with a limit for this line.
   *
   * @param most bytes without the newline; 1 to {@link #MOST_LIMIT}
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readLine(int most) {
    checkLimit("limit", most, 1);
    return new Read<>("a line", () -> line(most), this::takeOrNull);
  }

  /**
   * Waits for a line of text and gives the line without its end, {@code \n} or {@code \r\n}; null
   * at the end of the input. Bytes that are no text in this charset become its replacement
   * character.
   *
   * @throws IllegalArgumentException if a newline is not the one byte 10 in the charset
   */
  @CheckReturnValue
  public YieldEvent<@Nullable String, IOException> readLine(Charset charset) {
    if (!Arrays.equals("\n".getBytes(charset), NEWLINE)) {
      throw new IllegalArgumentException(
          "charset " + charset + ": a newline must be the one byte 10, as in UTF-8");
    }
    return new Read<>("a line", () -> line(limit), length -> text(length, charset));
  }

  /**
   * Waits for a delimiter and gives all bytes up to it, with the delimiter; null at the end of the
   * input. Fails with an {@link EOFException} if the input ends without the delimiter, and with a
   * {@link LineTooLongException} if more bytes come before it than allowed.
   *
   * @param delimiter 1 byte or more, and short: what looks like its end is compared with all of it
   * @param most bytes without the delimiter; 1 to {@link #MOST_LIMIT}
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readUntil(byte[] delimiter, int most) {
    byte[] end = delimiter.clone();
    if (end.length == 0) {
      throw new IllegalArgumentException("an empty delimiter: must be 1 byte or more");
    }
    checkLimit("limit", most, 1);
    return new Read<>("a delimiter", () -> until(end, most), this::takeOrNull);
  }

  /**
   * Waits for a line and takes nothing: true if {@link #poll} has a line to give, false at the end
   * of the input. Fails as {@link #readLine()} does. The event may be awaited again and again, so
   * that a server with many connections needs no object for each line.
   *
   * <pre>{@code
   * SocketReader lines = new SocketReader(socket, 1000);
   * YieldEvent<Boolean, IOException> hasLine = lines.hasLine();
   * while (co.await(hasLine)) {
   *   co.await(socket.send(1001, out -> lines.poll(out)));
   * }
   * }</pre>
   */
  @CheckReturnValue
  public YieldEvent<Boolean, IOException> hasLine() {
    return new Read<>("a line", () -> line(limit), length -> length > 0);
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
    int length = lineLength();
    if (length > target.remaining()) {
      return 0;
    }
    if (length > 0) {
      moveTo(target, length);
    }
    return length;
  }

  /** How many bytes {@link #poll} would move, if there is room; 0 if no whole line has arrived. */
  public int lineLength() {
    int length = scan.find(input.bytes(), NEWLINE, limit);
    return length >= 0 ? length : length == NOT_YET && ended ? input.length() : 0;
  }

  // Counted bytes.

  /**
   * Waits for so many bytes and gives them; null at the end of the input. Fails with an {@link
   * EOFException} if the input ends before there are so many: {@link #read} gives those that came.
   *
   * @param count 0 to {@link #MOST_LIMIT}
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readExactly(int count) {
    checkLimit("count", count, 0);
    return new Read<>(
        count + " bytes",
        () -> count <= input.length() ? count : ended ? atEnd("" + count) : NOT_YET,
        length -> length < count ? null : take(length));
  }

  /**
   * Fills a buffer: waits until it has no room left. Gives the number of bytes put into it, or -1
   * at the end of the input. Bytes that did not come through another wait are not copied twice, so
   * this is the way for large bodies. Fails with an {@link EOFException} if the input ends before.
   * What came for a cancelled caller is in the buffer, whose position tells how much.
   *
   * @throws IllegalArgumentException if the buffer has no room or is read-only; at the await too
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> readFully(ByteBuffer target) {
    return new ReadInto(target, true);
  }

  /**
   * Waits until something is there, and moves what is there into a buffer. Gives the number of
   * bytes, or -1 at the end of the input.
   *
   * @throws IllegalArgumentException if the buffer has no room or is read-only; at the await too
   */
  @CheckReturnValue
  public YieldEvent<Integer, IOException> read(ByteBuffer target) {
    return new ReadInto(target, false);
  }

  /** Waits until something is there, and gives what is there; null at the end of the input. */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readAvailable() {
    return new Read<>("bytes", this::available, this::takeOrNull);
  }

  /**
   * Waits for the end of the input and gives all that came, which may be nothing. Fails with a
   * {@link LineTooLongException} if more comes than allowed.
   *
   * @param most bytes; 0 to {@link #MOST_LIMIT}
   */
  @CheckReturnValue
  public YieldEvent<byte[], IOException> readAll(int most) {
    checkLimit("limit", most, 0);
    return new Read<>("the end of the input", () -> all(most), this::take);
  }

  /**
   * Takes bytes out and drops them, as many as are asked for or as there are before the end. Gives
   * their number. What was skipped for a cancelled caller is gone.
   *
   * @param count 0 or more
   */
  @CheckReturnValue
  public YieldEvent<Long, IOException> skip(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("count is " + count + ": must be 0 or more");
    }
    return new Skip(count);
  }

  // Looking ahead.

  /**
   * Waits until so many bytes are there, and gives them without taking them: the next call finds
   * them again. Gives fewer only if the input ends before.
   *
   * @param count 1 to {@link #MOST_LIMIT}
   */
  @CheckReturnValue
  public YieldEvent<byte[], IOException> peek(int count) {
    checkLimit("count", count, 1);
    return new Read<>(
        count + " bytes",
        () -> count <= input.length() ? count : ended ? input.length() : NOT_YET,
        input::peek);
  }

  /**
   * Puts bytes back in front of those that are there: they are read next. They need not be bytes
   * that were read.
   *
   * @throws InputMemoryException if no memory is left for them
   */
  public void unread(byte[] bytes) throws InputMemoryException {
    scan.restart();
    input.prepend(ByteBuffer.wrap(bytes));
  }

  /** How many bytes have arrived and were not taken: as many can be read without waiting. */
  public int buffered() {
    return input.length();
  }

  // How it is done.

  /** Lets go of all that has arrived: the connection is closed. */
  void release() {
    scan.restart();
    input.clear();
  }

  /** Waits until a length is found, and makes the result of that length. */
  private final class Read<T extends @Nullable Object> extends SocketEvent<T> {
    private final String what;
    private final Finder finder;
    private final IntFunction<T> result;

    Read(String what, Finder finder, IntFunction<T> result) {
      super(socket.endpoint(), SelectionKey.OP_READ);
      this.what = what;
      this.finder = finder;
      this.result = result;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      int length = awaitLength(this, finder, reactor, ready);
      if (length == NOT_YET) {
        noteUnfinished(this);
        return NOT_READY;
      }
      unfinishedSince = 0;
      return result.apply(length);
    }

    @Override
    public String describe() {
      return what + " from " + endpoint();
    }
  }

  /** Says how many bytes of those that are there are wanted, or {@link DelimiterScan#NOT_YET}. */
  private interface Finder {
    int find() throws IOException;
  }

  /** Reads until the length is found, or the turn has had its share, or nothing is there. */
  private int awaitLength(SocketEvent<?> event, Finder finder, Reactor reactor, boolean ready)
      throws IOException {
    input.checkWhole();
    boolean readable = begin(ready);
    int length = finder.find();
    while (length == NOT_YET) {
      if (!readable || !mayReadOn(event) || fill(reactor) == 0) {
        input.shrink();
        return NOT_YET;
      }
      length = finder.find();
      readable = socket.mayHaveMore();
    }
    return length;
  }

  /** Whether it is worth it to read. */
  private boolean begin(boolean ready) {
    if (ready) {
      readInTurn = 0;
    }
    return ready || socket.mayHaveMore();
  }

  /** Not when the turn has had its share: the poll reports what is in the system again. */
  private boolean mayReadOn(SocketEvent<?> event) {
    boolean mayRead = readInTurn < MOST_PER_TURN;
    if (!mayRead && socket.holdsInput()) {
      event.ready();
    }
    return mayRead;
  }

  private void noteUnfinished(SocketEvent<?> event) {
    if (unfinishedSince == 0 && !input.isEmpty()) {
      long now = event.waiting().task().scheduler().nanoTime();
      unfinishedSince = now == 0 ? 1 : now;
    }
  }

  /** See {@link #unfinishedSince}. */
  long unfinishedSince() {
    return input.isEmpty() ? 0 : unfinishedSince;
  }

  private int fill(Reactor reactor) throws IOException {
    return noted(input.fill(reactor));
  }

  private int noted(int count) {
    assert !ended : socket + " was read behind the end of its input";
    ended |= count < 0;
    readInTurn += Math.max(0, count);
    return count;
  }

  private int line(int most) throws IOException {
    int length = scan.find(input.bytes(), NEWLINE, most);
    if (length == DelimiterScan.TOO_LONG) {
      throw new LineTooLongException(socket + " sent a line of more than " + most + " bytes");
    }
    return length == NOT_YET && ended ? input.length() : length;
  }

  private int until(byte[] delimiter, int most) throws IOException {
    int length = scan.find(input.bytes(), delimiter, most);
    if (length == DelimiterScan.TOO_LONG) {
      throw new LineTooLongException(
          socket + " sent more than " + most + " bytes up to a delimiter");
    }
    return length == NOT_YET && ended ? atEnd("a delimiter and the") : length;
  }

  private int available() {
    return input.isEmpty() && !ended ? NOT_YET : input.length();
  }

  private int all(int most) throws IOException {
    if (input.length() > most) {
      throw new LineTooLongException(socket + " sent more than " + most + " bytes in all");
    }
    return ended ? input.length() : NOT_YET;
  }

  /** The input has ended: 0 if nothing is left, else the peer has sent a part of what is due. */
  private int atEnd(String due) throws EOFException {
    if (!input.isEmpty()) {
      throw new EOFException(
          socket + " ended its output after " + input.length() + " of " + due + " bytes");
    }
    return 0;
  }

  private byte @Nullable [] takeOrNull(int length) {
    return length == 0 ? null : take(length);
  }

  private byte[] take(int length) {
    byte[] taken = input.take(length);
    scan.restart();
    return taken;
  }

  private void moveTo(ByteBuffer target, int length) {
    input.moveTo(target, length);
    scan.restart();
  }

  private @Nullable String text(int length, Charset charset) {
    if (length == 0) {
      return null;
    }
    byte[] line = take(length);
    int end = length;
    if (line[end - 1] == '\n') {
      end -= end > 1 && line[end - 2] == '\r' ? 2 : 1;
    }
    return new String(line, 0, end, charset);
  }

  /** The event of {@link #read} and {@link #readFully}. */
  private final class ReadInto extends SocketEvent<Integer> {
    private final ByteBuffer target;
    private final boolean whole;

    /** What this wait has moved so far. */
    private int moved;

    ReadInto(ByteBuffer target, boolean whole) {
      super(socket.endpoint(), SelectionKey.OP_READ);
      this.target = Objects.requireNonNull(target, "target");
      this.whole = whole;
      StreamSocket.checkRoom(target);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      StreamSocket.checkRoom(target);
      input.checkWhole();
      if (!ready) {
        moved = 0;
      }
      takeBuffered();
      boolean readable = begin(ready);
      while (!isDone()) {
        if (!readable || !mayReadOn(this) || !readOn()) {
          return NOT_READY;
        }
        readable = socket.mayHaveMore();
      }
      if (moved > 0 && whole && target.hasRemaining()) {
        throw new EOFException(
            socket + " ended its output, " + target.remaining() + " bytes too early");
      }
      return moved == 0 ? -1 : (Integer) moved;
    }

    private void takeBuffered() {
      int count = Math.min(input.length(), target.remaining());
      if (count > 0) {
        moveTo(target, count);
        moved += count;
      }
    }

    private boolean isDone() {
      return ended || (moved > 0 && !(whole && target.hasRemaining()));
    }

    /** Reads past the buffer, which is empty. False if there was nothing to read. */
    private boolean readOn() throws IOException {
      assert input.isEmpty() : input.length() + " bytes that came before are passed over";
      int limit = target.limit();
      target.limit(target.position() + Math.min(target.remaining(), Reactor.BUFFER_SIZE));
      try {
        int count = noted(socket.read(target));
        moved += Math.max(0, count);
        return count != 0;
      } finally {
        target.limit(limit);
      }
    }

    @Override
    public String describe() {
      return "bytes from " + endpoint();
    }
  }

  /** The event of {@link #skip}. */
  private final class Skip extends SocketEvent<Long> {
    private final long count;

    /** What this wait has still to skip. */
    private long left;

    Skip(long count) {
      super(socket.endpoint(), SelectionKey.OP_READ);
      this.count = count;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      if (!ready) {
        left = count;
      }
      int length = awaitLength(this, this::skipBuffered, reactor, ready);
      return length == NOT_YET ? NOT_READY : (Long) (count - left);
    }

    private int skipBuffered() {
      int skipped = (int) Math.min(left, input.length());
      input.skip(skipped);
      scan.restart();
      left -= skipped;
      return left == 0 || ended ? 0 : NOT_YET;
    }

    @Override
    public String describe() {
      return left + " bytes to skip from " + endpoint();
    }
  }

  @Override
  public String toString() {
    return "reader of " + socket;
  }
}
