package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts what one connection carries, without waiting. The JDK's engine does the
 * work; here are the bytes on both sides of it.
 *
 * <pre>
 *   socket --fill--> encrypted --unwrap--> the reader's buffer, or plain if that is too small
 *   the sender's buffer --wrap--> outgoing --flush--> socket
 * </pre>
 *
 * <p>Encrypted bytes go through buffers that all connections of the reactor share. What is left
 * there at the end of a call moves to a buffer of the connection's own, which is held only while
 * bytes are in it. What one call reads from the socket is bounded, whatever a peer sends.
 *
 * <p>This file is long because the handshake, reading and writing share the buffers and each
 * other's answers.
 *
 * <p>Invariants: between two calls each buffer has bytes in it, or is none; none is the reactor's.
 * The socket is not read behind the end of the input.
 */
final class TlsEngine implements Endpoint.Unsent {
  /** What the handshake, or a read, needs to go on. */
  enum Need {
    NOTHING,
    INPUT,
    ROOM,
    /** Long computations, which are done by another thread. */
    TASK
  }

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  /** How often one call reads from the socket: some 256 KiB. */
  private static final int MOST_FILLS = 16;

  /** What one call encrypts at the most. */
  private static final int MOST_PER_TURN = 256 * 1024;

  /** Answers to a peer that asks and does not read; no more are kept than this. */
  private static final int MOST_UNSENT = 64 * 1024;

  /** What is read from the socket before there is an engine that knows better. */
  private static final int FIRST_READ = 4096;

  /** What was decrypted ahead, with room for one record more: no more is ever kept. */
  private static final int MOST_PLAIN = 1 << 20;

  /** The size of a record and more; a larger one is an error of the peer. */
  private static final int MOST_ENCRYPTED = 66 * 1024;

  /** Of the shared buffers: more than is kept of either direction, and all of a handshake's. */
  static final int SHARED_SIZE = 4 * MOST_UNSENT;

  private final TcpSocket socket;

  /** Makes the engine, from the first bytes of the client if it needs them; null if of too few. */
  private final Function<ByteBuffer, @Nullable SSLEngine> maker;

  /** Null until the maker has made it. */
  private @Nullable SSLEngine engine;

  /**
   * From position to limit, what was received and not decrypted; within a call, in the shared one.
   */
  private ByteBuffer encrypted = NONE;

  /** From position to limit, what was decrypted and not given to anybody. */
  private ByteBuffer plain = NONE;

  /** From position to limit, what is to be sent, encrypted; within a call, in the shared one. */
  private ByteBuffer outgoing = NONE;

  /** Whether the input has ended in order. */
  private boolean inputEnded;

  /** Whether this side has said that its output ends. */
  private boolean outputEnded;

  /**
   * Whether the last read has filled its buffer, so that more may be here already. What the
   * handshake has read may be more than its own.
   */
  private boolean mayHaveMore = true;

  /** What has ended the input otherwise; null if nothing has. */
  private @Nullable IOException failure;

  TlsEngine(TcpSocket socket, Function<ByteBuffer, @Nullable SSLEngine> maker) {
    this.socket = socket;
    this.maker = maker;
  }

  SSLEngine engine() {
    SSLEngine made = engine;
    assert made != null : "not made yet";
    return made;
  }

  // The handshake.

  /** Goes on with the handshake, as far as it gets without waiting. */
  Need handshake() throws IOException {
    try {
      for (int fills = 0; ; ) {
        Need need = engine == null ? make() : step();
        if (need == Need.INPUT && fills++ < MOST_FILLS && fill(true) > 0) {
          continue;
        }
        if (need != null) {
          return need;
        }
      }
    } finally {
      leaveShared();
    }
  }

  /** The end of a call: what is left in the shared buffers moves to own ones. */
  private void leaveShared() {
    encrypted = own(encrypted, reactor().encryptedInput());
    outgoing = own(outgoing, reactor().encryptedOutput());
    assert valid() : socket;
  }

  /** The invariants of the buffers. */
  private boolean valid() {
    return (encrypted == NONE || encrypted.hasRemaining())
        && (plain == NONE || plain.hasRemaining())
        && (outgoing == NONE || outgoing.hasRemaining())
        && encrypted != reactor().encryptedInput()
        && outgoing != reactor().encryptedOutput();
  }

  private static ByteBuffer own(ByteBuffer bytes, ByteBuffer shared) {
    if (!bytes.hasRemaining()) {
      return NONE;
    }
    return bytes == shared ? ByteBuffer.allocate(bytes.remaining()).put(bytes).flip() : bytes;
  }

  private Reactor reactor() {
    return socket.endpoint().reactor();
  }

  private @Nullable Need make() throws IOException {
    SSLEngine made = maker.apply(encrypted);
    if (made == null) {
      return Need.INPUT;
    }
    engine = made;
    made.beginHandshake();
    return null;
  }

  /** One step; null if the next one can be tried at once. */
  private @Nullable Need step() throws IOException {
    if (!flushNow()) {
      return Need.ROOM;
    }
    return switch (engine().getHandshakeStatus()) {
      case NEED_TASK -> Need.TASK;
      case NEED_WRAP -> {
        wrapHandshake();
        yield null;
      }
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrapHandshake();
      case NOT_HANDSHAKING, FINISHED -> Need.NOTHING;
    };
  }

  private @Nullable Need unwrapHandshake() throws IOException {
    SSLEngineResult result = unwrap(NONE);
    return switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> Need.INPUT;
      case CLOSED -> throw new SSLException("the peer has ended the connection");
      case BUFFER_OVERFLOW -> unwrapApart() ? Need.INPUT : null;
      case OK -> null;
    };
  }

  /** Whatever the engine has to say by itself: of a handshake, an alert, the end of the output. */
  private void wrapHandshake() throws IOException {
    while (engine().getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      if (wrap(NONE).getStatus() == Status.CLOSED) {
        return;
      }
    }
  }

  /** Does what the engine wants done elsewhere. To be called in another thread. */
  void runTasks() {
    Runnable task = engine().getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine().getDelegatedTask();
    }
  }

  // Reading.

  /** Whether the next read need not wait for readiness. */
  boolean mayHaveMore() {
    return mayHaveMore || inputEnded || failure != null || plain.hasRemaining();
  }

  /** Whether bytes are here of which the selector knows nothing; perhaps a part of a record. */
  boolean holdsInput() {
    return plain.hasRemaining() || encrypted.hasRemaining() || isOver();
  }

  /** Whether the input has ended, in order or not. */
  boolean isOver() {
    return inputEnded || failure != null;
  }

  /** Reads without waiting: 0 if nothing is there, -1 at the end. */
  int read(ByteBuffer target) throws IOException {
    int before = target.position();
    try {
      boolean _ = flushNow(); // what an earlier call has left
      int fills = 0;
      while (target.hasRemaining() && (plain.hasRemaining() || !isOver())) {
        if (plain.hasRemaining()) {
          takePlain(target);
        } else if (needsInput(target) && !fillsAgain(fills++)) {
          break;
        }
      }
    } catch (IOException e) {
      inputFailed(e);
    } finally {
      leaveShared();
    }
    int count = target.position() - before;
    mayHaveMore = count > 0 && !target.hasRemaining();
    if (isOver() || mayHaveMore) {
      socket.endpoint().resumeWatcher(); // the end may be here, where the selector does not see it
    }
    if (count == 0 && failure != null) {
      throw failure;
    }
    return count == 0 && inputEnded ? -1 : count;
  }

  /** Whether more has come. A read that has not filled its room need not be followed by another. */
  private boolean fillsAgain(int fills) throws IOException {
    boolean worthIt = fills == 0 || (fills < MOST_FILLS && socket.mayHaveMore());
    return worthIt && fill(false) > 0;
  }

  /**
   * Decrypts ahead, without waiting, until so many bytes are there for the next read, or the end.
   * Returns whether there is anything for it.
   */
  boolean readAhead(int most) {
    try {
      boolean _ = flushNow(); // what an earlier call has left
      int fills = 0;
      while (plain.remaining() < most && !isOver()) {
        if (unwrapAhead() && !fillsAgain(fills++)) {
          break;
        }
      }
    } catch (IOException e) {
      inputFailed(e);
    } finally {
      leaveShared();
    }
    mayHaveMore = plain.hasRemaining();
    if (isOver()) {
      socket.endpoint().resumeWatcher();
    }
    return plain.hasRemaining() || isOver();
  }

  /** Whether so many bytes wait to be read. */
  boolean isFullAhead(int most) {
    return plain.remaining() >= most;
  }

  /** Bytes that were read, and that nobody has taken. */
  void unread(ByteBuffer rest) {
    assert rest.hasRemaining() : "nothing is left";
    plain = ByteBuffer.allocate(rest.remaining() + plain.remaining()).put(rest).put(plain).flip();
  }

  private void inputFailed(IOException why) {
    if (why instanceof SSLException wrong) {
      sendAlert();
      failure = named(wrong);
    } else {
      failure = why;
    }
  }

  /** The error with the connection in front of it. */
  private SSLException named(SSLException error) {
    String words = String.valueOf(error.getMessage());
    return words.startsWith(socket.toString())
        ? error
        : new SSLException(socket + ": " + words, error);
  }

  private void takePlain(ByteBuffer target) {
    int count = Math.min(plain.remaining(), target.remaining());
    target.put(plain.slice(plain.position(), count));
    if (!plain.position(plain.position() + count).hasRemaining()) {
      plain = NONE;
    }
  }

  /** Decrypts one record, for the next read. Returns whether more input is needed for that. */
  private boolean unwrapAhead() throws IOException {
    if (!encrypted.hasRemaining() && !outputEnded) {
      return true;
    }
    boolean needsMore = unwrapApart();
    if (!needsMore) {
      answer();
    }
    return needsMore;
  }

  /** Decrypts one record. Returns whether more input is needed for that. */
  private boolean needsInput(ByteBuffer target) throws IOException {
    if (!encrypted.hasRemaining() && !outputEnded) {
      return true;
    }
    Status status = unwrap(target).getStatus();
    inputEnded |= status == Status.CLOSED;
    boolean needsMore =
        status == Status.BUFFER_UNDERFLOW || (status == Status.BUFFER_OVERFLOW && unwrapApart());
    if (!needsMore) {
      answer();
    }
    return needsMore;
  }

  /** What the engine wants after the handshake: to answer, which is done, or another handshake. */
  private void answer() throws IOException {
    HandshakeStatus status = engine().getHandshakeStatus();
    if (status == HandshakeStatus.NEED_WRAP) {
      wrapHandshake();
      if (!flushNow() && outgoing.remaining() > MOST_UNSENT) {
        throw new SSLException(socket + ": the peer asks for more and more, and reads no answer");
      }
    } else if (status != HandshakeStatus.NOT_HANDSHAKING && !inputEnded) {
      throw new SSLException(socket + ": the peer asks for another handshake, which is refused");
    }
  }

  private SSLEngineResult unwrap(ByteBuffer target) throws SSLException {
    SSLEngineResult result = engine().unwrap(encrypted, target);
    if (!encrypted.hasRemaining()) {
      encrypted = NONE;
    }
    return result;
  }

  /**
   * Decrypts a record behind the plain bytes that wait for a reader. Returns whether more input is
   * needed: the engine looks at the room first.
   */
  private boolean unwrapApart() throws SSLException {
    int needed = engine().getSession().getApplicationBufferSize();
    if (plain.capacity() - plain.limit() < needed) {
      plain = plainWithRoom(needed);
    }
    int begin = plain.position();
    ByteBuffer roomy = plain.position(plain.limit()).limit(plain.capacity());
    SSLEngineResult result;
    try {
      result = unwrap(roomy);
    } finally {
      plain = roomy.limit(roomy.position()).position(begin).hasRemaining() ? roomy : NONE;
    }
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      throw new SSLException(socket + ": a record is larger than " + needed + " bytes");
    }
    inputEnded |= result.getStatus() == Status.CLOSED;
    return result.getStatus() == Status.BUFFER_UNDERFLOW;
  }

  /** The plain bytes, with room behind them. */
  private ByteBuffer plainWithRoom(int needed) throws SSLException {
    int size = plain.remaining() + needed;
    if (size > MOST_PLAIN) {
      throw new SSLException(socket + ": more than " + MOST_PLAIN + " bytes wait to be read");
    }
    if (size <= plain.capacity()) {
      return plain.compact().flip();
    }
    int roomy = Math.max(size, Math.min(MOST_PLAIN, 2 * plain.capacity()));
    return ByteBuffer.allocate(roomy).put(plain).flip();
  }

  /** Reads from the socket: how many bytes came; 0 if none are there, or at an end in order. */
  private int fill(boolean handshaking) throws IOException {
    assert !isOver() : socket + " is read behind the end of its input";
    int size = encrypted.remaining();
    if (size >= MOST_ENCRYPTED) {
      throw new SSLException(socket + ": a message is larger than " + MOST_ENCRYPTED + " bytes");
    }
    ByteBuffer shared = moved(encrypted, reactor().encryptedInput());
    int packet = engine == null ? FIRST_READ : engine().getSession().getPacketBufferSize();
    shared.limit(Math.min(shared.capacity(), size + packet));
    int count;
    try {
      count = socket.read(shared);
    } finally {
      encrypted = shared.flip();
    }
    if (count >= 0) {
      return count;
    }
    if (handshaking) {
      throw new SSLException("the peer has ended the connection");
    }
    if (!socket.isFinishing()) {
      throw new TlsTruncatedException(socket + " was cut: the peer has not said that it ends");
    }
    inputEnded = true; // which this side has asked for
    return 0;
  }

  /** The bytes at the front of a shared buffer, with room behind them to be put into. */
  private static ByteBuffer moved(ByteBuffer bytes, ByteBuffer shared) {
    return bytes == shared ? bytes.compact() : shared.clear().put(bytes);
  }

  // Writing.

  /** Encrypts and writes without waiting; returns how many bytes were taken. */
  int write(ByteBuffer source) throws IOException {
    if (outputEnded) {
      throw new SocketClosedException(socket + ": this side has ended its output");
    }
    int before = source.position();
    try {
      while (flushNow() && source.hasRemaining() && source.position() - before < MOST_PER_TURN) {
        wrapOne(source);
      }
    } finally {
      leaveShared();
    }
    return source.position() - before;
  }

  private void wrapOne(ByteBuffer source) throws IOException {
    SSLEngineResult result = wrap(source);
    if (result.getStatus() == Status.CLOSED) {
      throw new SocketResetException(socket + ": the peer has ended the connection");
    }
    if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
      throw new SSLException(socket + ": the peer asks for another handshake, which is refused");
    }
  }

  private SSLEngineResult wrap(ByteBuffer source) throws IOException {
    int packet = engine().getSession().getPacketBufferSize();
    ByteBuffer shared = moved(outgoing, reactor().encryptedOutput());
    try {
      if (shared.remaining() < packet) {
        throw new SSLException(socket + ": a message is larger than " + SHARED_SIZE + " bytes");
      }
      SSLEngineResult result = engine().wrap(source, shared);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        throw new SSLException(socket + ": a record does not fit into " + packet + " bytes");
      }
      return result;
    } finally {
      outgoing = shared.flip();
    }
  }

  /**
   * Writes what is left to write; returns whether nothing is left any more. Else what is left goes
   * when there is room, whether a task waits for that or not.
   */
  boolean flush() throws IOException {
    try {
      return flushNow();
    } finally {
      leaveShared();
    }
  }

  private boolean flushNow() throws IOException {
    while (outgoing.hasRemaining()) {
      if (socket.writeNow(outgoing) == 0) {
        socket.endpoint().addInterest(SelectionKey.OP_WRITE);
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean isLeft() {
    return outgoing.hasRemaining();
  }

  @Override
  public void send() throws IOException {
    boolean _ = flush();
  }

  /**
   * Says that this side's output ends. Returns whether the peer will hear it; else {@link #flush}
   * has more to do.
   */
  boolean endOutput() throws IOException {
    try {
      if (!outputEnded) {
        outputEnded = true;
        engine().closeOutbound();
        wrapHandshake();
      }
      return flushNow();
    } finally {
      leaveShared();
    }
  }

  /** The handshake has failed: tells the peer why, if the socket takes it at once. */
  void sendAlert() {
    if (engine == null) {
      return;
    }
    try {
      wrapHandshake();
      boolean _ = flushNow();
    } catch (IOException e) {
      // there is no way to tell, and the failure is told on this side
    } finally {
      leaveShared();
    }
  }
}
