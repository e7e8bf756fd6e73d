package dev.heddle.net;

import dev.heddle.net.blocking.BlockingCalls;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link TlsSocket#client} and {@link TlsSocket#server}. It waits for what the
 * handshake needs next: input, room to send, or the end of a computation in another thread.
 */
final class TlsHandshake extends SingleWaiterEvent<TlsSocket, IOException> implements SocketWait {
  /** What the JDK says of bytes that are no TLS. */
  private static final Pattern NO_TLS = Pattern.compile("[Uu]nrecognized SSL message");

  private final TcpSocket socket;
  private final TlsOptions options;
  private final TlsEngine engine;

  /** The operation that is waited for; 0 if the event stands in no place of the endpoint. */
  private int operation;

  /** Whether another thread computes. */
  private boolean computing;

  /** What the computation has thrown; null if nothing. */
  private @Nullable Throwable fault;

  private boolean begun;

  TlsHandshake(TcpSocket socket, TlsOptions options) {
    this.socket = socket;
    this.options = options;
    this.engine =
        new TlsEngine(
            socket,
            options.choosesByName()
                ? hello -> ClientHello.engineFor(hello, name -> options.newEngine(socket, name))
                : hello -> options.newEngine(socket, null));
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    if (begun) {
      throw new IllegalStateException("the TLS handshake with " + socket + " was begun already");
    }
    SocketProvider.refuseRecorded(scheduler, "TLS sockets");
    Endpoint endpoint = socket.endpoint();
    Reactor _ = endpoint.attach(scheduler);
    endpoint.checkNobodyWaits(SelectionKey.OP_READ);
    endpoint.checkNobodyWaits(SelectionKey.OP_WRITE);
    begun = true;
    long nanos = Timers.saturatedNanos(options.handshakeTimeout());
    scheduler.setDeadline(this, scheduler.nanoTime() + nanos);
    proceed(scheduler);
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    leave();
    proceed(scheduler);
  }

  private void proceed(Scheduler scheduler) {
    try {
      Reactor _ = socket.endpoint().attach(scheduler); // fails if the socket was closed meanwhile
      if (fault != null) {
        throw new SSLException("a computation failed: " + fault, fault);
      }
      switch (engine.handshake()) {
        case NOTHING -> done(scheduler);
        case INPUT -> stand(SelectionKey.OP_READ);
        case ROOM -> stand(SelectionKey.OP_WRITE);
        case TASK -> compute(scheduler);
      }
    } catch (IOException failure) {
      failed(failure);
    } catch (RuntimeException | Error thrown) {
      end("the TLS handshake failed: " + thrown);
      failWith(thrown);
    }
  }

  private void stand(int wanted) throws IOException {
    assert operation == 0 && !computing : this + " waits for two things";
    operation = wanted;
    socket.endpoint().await(this);
  }

  private void leave() {
    if (operation != 0) {
      socket.endpoint().release(this);
      operation = 0;
    }
  }

  private void done(Scheduler scheduler) {
    assert operation == 0 && !computing : this + " is over and waits for something";
    scheduler.clearDeadline(this);
    wake(new TlsSocket(socket, engine, scheduler));
  }

  private void compute(Scheduler scheduler) {
    assert operation == 0 && !computing : this + " waits for two things";
    computing = true;
    BlockingCalls.HANDSHAKES.submit(
        () -> {
          Throwable thrown = null;
          try {
            engine.runTasks();
          } catch (RuntimeException | Error e) {
            thrown = e;
          }
          tell(scheduler, thrown);
        });
  }

  private void tell(Scheduler scheduler, @Nullable Throwable thrown) {
    try {
      scheduler.execute(
          () -> {
            assert computing : this + " hears of a computation that it has not asked for";
            computing = false;
            fault = thrown;
            if (waiter() != null) {
              ready();
            }
          });
    } catch (RejectedExecutionException e) {
      // the scheduler has ended, and nobody waits
    }
  }

  private void failed(IOException failure) {
    String words = String.valueOf(failure.getMessage());
    if (!(failure instanceof SSLException)) {
      end("the TLS handshake failed");
      fail(failure);
      return;
    }
    engine.sendAlert();
    String why = NO_TLS.matcher(words).find() ? "the peer does not speak TLS" : words;
    SSLHandshakeException told =
        new SSLHandshakeException("TLS handshake with " + socket + " failed: " + why);
    told.initCause(failure);
    end("the TLS handshake failed: " + why);
    fail(told);
  }

  /** The connection is of no use without its handshake. */
  private void end(String why) {
    leave();
    waiting().task().scheduler().clearDeadline(this);
    socket.close(why);
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    Duration limit = options.handshakeTimeout();
    String why = "TLS handshake with " + socket + " was not over after " + limit;
    end("the TLS handshake was not over after " + limit);
    fail(new SocketTimedOutException(why));
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    end("the task that waited for the TLS handshake was cancelled");
    return true;
  }

  @Override
  protected boolean isWokenFromOutside() {
    return computing;
  }

  @Override
  public Waiter waiting() {
    Waiter waiter = waiter();
    assert waiter != null : this + " is waited for by nobody";
    return waiter;
  }

  @Override
  public int operation() {
    return operation;
  }

  @Override
  public void ready() {
    wakeToResume(waiting());
  }

  @Override
  public void closed(IOException why) {
    operation = 0;
    waiting().task().scheduler().clearDeadline(this);
    fail(why);
  }

  @Override
  public String describe() {
    return "the TLS handshake with " + socket;
  }
}
