package dev.heddle.net;

import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the connections of one listener of a {@link Server}, in step style: nothing that fails on
 * the way, an {@link Error} neither, ends it before the listener is closed.
 *
 * <pre>
 *   REHEARSE --slept--> ACCEPT --connection--> ACCEPT
 *                        |  '--it failed--> PAUSE --slept--> ACCEPT
 *                        |--accepting is held--> HELD --resumed--> ACCEPT
 *                        '--listener closed--> DRAIN --all connections are closed--> ended
 * </pre>
 *
 * <p>Invariants: a client is in hand only while accepting is held, and one at the most. The server
 * hears once that the acceptor has ended.
 */
final class Acceptor extends Step<@Nullable Void> {
  /** After what no listener can mend by itself, as when another task accepts from it. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Server server;
  private final TcpListener listener;
  private final YieldEvent<TcpSocket, IOException> accept;

  /** What was accepted while accepting is held; null otherwise. */
  private @Nullable TcpSocket inHand;

  /** Whether the listener is closed. */
  private boolean over;

  /** Whether it has slept once, as it must be able to when nothing can be loaded any more. */
  private boolean rehearsed;

  Acceptor(Server server, TcpListener listener) {
    this.server = server;
    this.listener = listener;
    this.accept = listener.accept();
  }

  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    if (over) {
      return null;
    }
    if (!rehearsed) {
      rehearsed = true;
      return Timers.sleep(Duration.ofNanos(1));
    }
    if (sent instanceof TcpSocket client) {
      assert inHand == null : client + " comes while " + inHand + " is in hand";
      inHand = client;
    }
    Promise<?> resumed = server.resumed();
    if (resumed != null && listener.isOpen()) {
      return resumed;
    }
    serveInHand();
    assert inHand == null : inHand + " is forgotten";
    return listener.isOpen() ? accept : ended();
  }

  private void serveInHand() {
    TcpSocket client = inHand;
    if (client == null) {
      return;
    }
    inHand = null;
    try {
      server.admit(client, listener);
    } catch (Throwable failure) {
      client.close("it could not be served");
      server.reportFailure(client + " could not be served", failure);
    }
  }

  @Override
  protected @Nullable YieldEvent<?, ?> failed(Throwable failure) {
    if (failure instanceof Cancelled cancelled) {
      if (!over) {
        YieldEvent<?, ?> _ = ended();
      }
      throw cancelled;
    }
    if (over) {
      return null;
    }
    if (!listener.isOpen()) {
      serveInHand();
      return ended();
    }
    server.acceptFailed(listener, failure, PAUSE);
    return Timers.sleep(PAUSE);
  }

  private @Nullable YieldEvent<?, ?> ended() {
    assert !over : "the acceptor of " + listener + " ends twice";
    if (inHand != null) {
      inHand.close("the server has stopped");
    }
    over = true;
    return server.acceptorEnded();
  }
}
