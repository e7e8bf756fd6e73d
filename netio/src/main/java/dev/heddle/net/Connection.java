package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link Server}, from accept to close: the socket, a reader and a writer that
 * keep to the server's limits, and the connection's deadlines.
 *
 * <p>The connection itself stands in the deadline queue for its whole life, for the time that a
 * line may take, and is moved when nothing is overdue. The socket's own deadlines do the rest, in
 * the same way. So a request costs no more than noting the time.
 *
 * <p>Invariant: the server counts a connection as open until it is closed, once.
 */
public final class Connection extends Timed implements AutoCloseable {
  /** So many causes of a failure are looked at: they may go in a circle. */
  private static final int MOST_CAUSES = 10;

  private final Server server;
  private final TcpSocket transport;
  private final ServerLimits limits;

  /** Runs the connection's task; not the server's own if connections are dealt out. */
  private final Scheduler scheduler;

  /** What the handler talks over: the transport, or TLS over it. */
  private StreamSocket socket;

  /** Made at the first use. */
  private @Nullable SocketReader reader;

  /** Made at the first use. */
  private @Nullable SocketWriter writer;

  /** Whether the server has counted it as rejected. */
  private boolean rejected;

  /** Why it ends, unless it is an orderly end. */
  private @Nullable String reason;

  /** Told of the end; null for nobody. */
  private @Nullable Consumer<@Nullable String> onClose;

  private boolean closed;

  Connection(Server server, TcpSocket socket, Scheduler scheduler) {
    this.server = server;
    this.transport = socket;
    this.socket = socket;
    this.scheduler = scheduler;
    this.limits = server.limits();
  }

  /** In the scheduler of the connection: its time begins. False if it is over already. */
  boolean begins() {
    try {
      transport.setIdleTimeout(limits.idleTimeout());
      transport.setProgressTimeout(limits.writeTimeout());
      scheduler.setDeadline(this, scheduler.nanoTime() + lineNanos());
      return true;
    } catch (IOException gone) {
      failed(gone);
      close();
      return false;
    }
  }

  private long lineNanos() {
    return Timers.saturatedNanos(limits.lineTimeout());
  }

  /** The handshake is made: the handler talks over TLS. */
  void securedBy(TlsSocket tls) {
    assert reader == null && writer == null : this + " was used before it was secured";
    socket = tls;
  }

  TcpSocket transport() {
    return transport;
  }

  /** The server that has accepted it. */
  public Server server() {
    return server;
  }

  /**
   * The socket, for what reader and writer do not do: a {@link TlsSocket} if the server has {@link
   * ServerBuilder#tls}, else a {@link TcpSocket}.
   */
  public StreamSocket socket() {
    return socket;
  }

  /** The one reader of the connection: with the server's limits on lines and on memory. */
  public SocketReader reader() {
    SocketReader made = reader;
    if (made == null) {
      made = new SocketReader(socket, limits.maxLineLength(), server.pendingInput());
      reader = made;
    }
    return made;
  }

  /** The one writer of the connection. */
  public SocketWriter writer() {
    SocketWriter made = writer;
    if (made == null) {
      made = new SocketWriter(socket);
      writer = made;
    }
    return made;
  }

  /**
   * Calls {@code action} when this connection is closed: with null at an orderly end, else with a
   * line that says why it is closed. It is called once, inside of the connection's scheduler, and
   * must not wait.
   *
   * <pre>{@code
   * connection.onClose(why -> append(why == null ? "it has ended" : "it was ended: " + why));
   * }</pre>
   *
   * @throws IllegalStateException if the connection has such an action already
   */
  public void onClose(Consumer<@Nullable String> action) {
    if (onClose != null) {
      throw new IllegalStateException(this + " has an action for its end already");
    }
    onClose = action;
  }

  /** The time for a line may be over; idle clients and those that take nothing are the socket's. */
  @Override
  protected void handleDeadline(Scheduler owner) {
    long now = owner.nanoTime();
    long since = reader == null ? 0 : reader.unfinishedSince();
    long until = (since == 0 ? now : since) + lineNanos();
    if (until - now > 0) {
      owner.setDeadline(this, until);
    } else {
      transport.timeOut("a line was not finished in " + limits.lineTimeout());
    }
  }

  /** The whole life of the connection, in the styles that have a body. */
  void run(Awaiter co, ConnectionHandler handler) {
    try {
      try {
        handler.serve(co, this);
        if (writer != null && socket.isOpen()) {
          co.await(writer.flush());
        }
      } catch (LineTooLongException | InputMemoryException e) {
        byte[] answer = reject(e);
        if (answer != null) {
          co.await(socket.send(ByteBuffer.wrap(answer)));
        }
        co.await(linger());
      }
    } catch (Cancelled e) {
      failed(e);
      throw e;
    } catch (Throwable failure) {
      failed(failure);
    } finally {
      close(); // when it is known how it ended: so no count tells of an orderly end meanwhile
    }
  }

  /**
   * Ends the output, and waits until the client has ended, too, so that what was sent last arrives:
   * to close a connection with unread input resets it. Drops what the client still sends, up to 1
   * MiB, for 2 seconds at most; then the connection may be closed.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> linger() {
    return new Linger();
  }

  /**
   * Counts the connection as rejected, and gives what the client is to be told before the end; null
   * for nothing. A handler in step style calls this when a {@link LineTooLongException} or an
   * {@link InputMemoryException} has come, sends the answer, and awaits {@link #linger}.
   */
  public byte @Nullable [] reject(IOException why) {
    rejected = true;
    reason = why.getMessage();
    server.rejected(this, why);
    return server.answerTo(why);
  }

  /**
   * Says why the handler ends. A client that goes away, or was cut, is a normal end; all else is
   * reported. A handler in step style calls this, and then {@link #close}; the others throw.
   */
  public void failed(Throwable failure) {
    if (!rejected) {
      reason = Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
    }
    if (!(failure instanceof Cancelled) && !rejected) {
      server.failed(this, failure);
    }
  }

  /**
   * What tells that the client has gone away, or is out of step with its own encryption: the
   * failure, or what has caused it. Null if the connection is as good as it was: then another one
   * of the handler's has failed, and nobody else would tell of that.
   */
  @Nullable Throwable endIn(Throwable failure) {
    Throwable end = socket.isOver() || socket.isFinishing() ? failure : null;
    for (int causes = 0; end != null && !isEnd(end); causes++) {
      end = causes < MOST_CAUSES ? end.getCause() : null;
    }
    return end;
  }

  private static boolean isEnd(Throwable reason) {
    return reason instanceof SocketException
        || reason instanceof EOFException
        || reason instanceof TlsTruncatedException
        || reason instanceof SSLException;
  }

  /** Closes the connection, if it is open. A handler in step style calls this in the end. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    scheduler.clearDeadline(this);
    try {
      socket.close();
    } finally {
      if (reader != null) {
        reader.release();
      }
      if (writer != null) {
        writer.release();
      }
      server.closed(this);
      if (onClose != null) {
        onClose.accept(reason);
      }
    }
  }

  Scheduler scheduler() {
    return scheduler;
  }

  /** The event of {@link #linger}. */
  private final class Linger extends SocketEvent<@Nullable Void> {
    private static final long MOST_NANOS = 2_000_000_000;
    private static final int MOST_BYTES = 1 << 20;

    /** How many bytes this wait has dropped. */
    private int dropped;

    Linger() {
      super(transport.endpoint(), SelectionKey.OP_READ);
    }

    @Override
    boolean outlivesHalf() {
      return true;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      if (!ready) {
        dropped = 0;
        socket.shutdownOutput();
        transport.setLinger(Duration.ZERO); // this is it
        scheduler.setDeadline(transport, scheduler.nanoTime() + MOST_NANOS);
      }
      if (reader != null) {
        reader.release();
      }
      int count = transport.read(reactor.input());
      dropped += Math.max(0, count);
      return count < 0 || dropped > MOST_BYTES ? null : NOT_READY;
    }

    @Override
    public String describe() {
      return "the end of " + endpoint();
    }
  }

  @Override
  public String toString() {
    return transport.toString();
  }
}
