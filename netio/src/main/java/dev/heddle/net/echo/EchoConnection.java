package dev.heddle.net.echo;

import dev.heddle.net.LineTooLongException;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One connection of the echo server from accept to close, in any of the three styles.
 *
 * <p>This object is also the connection's idle deadline, and stands in the deadline queue for the
 * connection's whole life. When the deadline fires after some activity, it is moved. So a line
 * costs no more than noting the time.
 */
final class EchoConnection extends Timed implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.heddle.net.echo");

  /** How long a refused client may go on sending before the connection is cut. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Scheduler scheduler;
  private final TcpSocket socket;
  private final EchoConversation conversation;
  private final ServerLimits limits;

  /** Hears of the close, which may come more than once. */
  private final Consumer<EchoConnection> whenClosed;

  /** When the client took its latest answer, on the scheduler's clock. */
  private long activeAt;

  EchoConnection(
      Scheduler scheduler,
      TcpSocket socket,
      ServerLimits limits,
      Consumer<EchoConnection> whenClosed) {
    this.scheduler = scheduler;
    this.socket = socket;
    this.conversation = new EchoConversation(socket, limits.maxLineLength());
    this.limits = limits;
    this.whenClosed = whenClosed;
    active();
    scheduler.setDeadline(this, activeAt + Timers.saturatedNanos(limits.idleTimeout()));
  }

  EchoConversation conversation() {
    return conversation;
  }

  TcpSocket socket() {
    return socket;
  }

  /** The client has taken its answer: the idle time begins anew. */
  void active() {
    activeAt = scheduler.nanoTime();
  }

  @Override
  protected void handleDeadline(Scheduler owner) {
    long until = activeAt + Timers.saturatedNanos(limits.idleTimeout());
    if (until - owner.nanoTime() > 0) {
      owner.setDeadline(this, until);
    } else {
      socket.close("idle for " + limits.idleTimeout());
    }
  }

  /** The whole conversation, in the styles that have a body; {@code co} is how the body waits. */
  void converse(Awaiter co) {
    try (this) {
      try {
        while (co.await(conversation.hear())) {
          co.await(conversation.answer());
          active();
        }
      } catch (LineTooLongException e) {
        co.await(conversation.refuse());
        refused();
        while (co.await(conversation.discard()) >= 0) {
          // until the client ends
        }
      }
    } catch (Cancelled e) {
      throw e;
    } catch (Throwable failure) {
      failed(failure);
    }
  }

  /** The refusal is sent: the client has some time to read the refusal and to end. */
  void refused() throws IOException {
    socket.shutdownOutput();
    scheduler.setDeadline(socket, scheduler.nanoTime() + Timers.saturatedNanos(LINGER));
  }

  /** Reports why the connection ends. A client that goes away is a normal end. */
  void failed(Throwable failure) {
    if (failure instanceof IOException) {
      LOG.log(Level.DEBUG, () -> socket + " ended: " + failure.getMessage());
    } else if (!(failure instanceof Cancelled)) {
      LOG.log(Level.ERROR, socket + " failed and is closed", failure);
    }
  }

  @Override
  public void close() {
    scheduler.clearDeadline(this);
    socket.close();
    whenClosed.accept(this);
  }
}
