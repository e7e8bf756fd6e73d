package dev.heddle.net;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The echo server of Python Cookbook 12.12, to be used in earnest: answers each line with {@code
 * GOT:} and the line.
 *
 * <pre>{@code
 * try (Scheduler scheduler = Scheduler.create()) {
 *   EchoServer server =
 *       EchoServer.open(scheduler, new InetSocketAddress("127.0.0.1", 16000), Style.COROUTINE, Limits.DEFAULT);
 *   Signals.onTerminate(server::shutdown);
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>Lines are bytes up to a newline and are echoed exactly. A line over the limit is answered with
 * {@code ERR line too long} and the connection is closed. A last line without a newline is answered
 * when the client ends its output.
 */
public final class EchoServer {

  /** How connections are served. */
  public enum Style {
    /** {@code () -> ... await(event) ...}. */
    THREAD,
    /** {@code co -> ... co.await(event) ...}. */
    COROUTINE,
    /** A state machine. */
    STEP;

    Body<?> serve(EchoConnection connection) {
      return switch (this) {
        case THREAD -> Body.callable(() -> connection.converse(ON_THREAD));
        case COROUTINE -> Body.function(connection::converse);
        case STEP -> Body.step(new EchoStep(connection));
      };
    }
  }

  /** Thread style with the face of coroutine style, so that the conversation is written once. */
  static final Awaiter ON_THREAD =
      new Awaiter() {
        @Override
        public <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event)
            throws X {
          return Task.await(event);
        }

        @Override
        public Task<?> task() {
          return Task.current();
        }
      };

  private static final System.Logger LOG = System.getLogger("dev.heddle.net");
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final TcpListener listener;
  private final Limits limits;
  private final Function<EchoConnection, Body<?>> service;
  private final Set<EchoConnection> connections = new LinkedHashSet<>();

  EchoServer(
      Scheduler scheduler,
      TcpListener listener,
      Limits limits,
      Function<EchoConnection, Body<?>> service) {
    this.scheduler = scheduler;
    this.listener = listener;
    this.limits = limits;
    this.service = service;
    scheduler.spawn("accept on " + listener.localAddress(), this::acceptAll);
  }

  /**
   * Listens on an address and serves its clients as tasks of the scheduler.
   *
   * @throws IOException if it cannot listen there; the message names the address and the reason
   */
  public static EchoServer open(
      Scheduler scheduler, InetSocketAddress address, Style style, Limits limits)
      throws IOException {
    return new EchoServer(scheduler, TcpListener.bind(address), limits, style::serve);
  }

  /** Serves one client, with the default limits: for an acceptor of your own. */
  public static TaskBody handler(TcpSocket client) {
    return co -> {
      var connection = new EchoConnection(co.task().scheduler(), client, Limits.DEFAULT, () -> {});
      var _ = co.yieldFrom(connection::converse);
    };
  }

  /** Where it listens; any thread. */
  public InetSocketAddress localAddress() {
    return listener.localAddress();
  }

  /**
   * Stops: accepts no more, answers what has arrived, closes the connections, and cuts those that
   * are not through after {@link Limits#drainTimeout}. Returns at once; may be called from any
   * thread.
   */
  public void shutdown() {
    scheduler.execute(this::beginShutdown);
  }

  private void beginShutdown() {
    listener.close();
    new ArrayList<>(connections).forEach(connection -> connection.socket().finishReading());
    scheduler.setDeadline(
        new Timed() {
          @Override
          protected void handleDeadline(Scheduler owner) {
            cutAll();
          }
        },
        scheduler.nanoTime() + limits.drainTimeout().toNanos());
  }

  private void cutAll() {
    for (EchoConnection connection : new ArrayList<>(connections)) {
      connection.socket().close("not through " + limits.drainTimeout() + " after the shutdown");
    }
  }

  private void acceptAll(Awaiter co) {
    Duration pause = FIRST_PAUSE;
    while (listener.isOpen()) {
      try {
        serve(co.await(listener.accept()));
        pause = FIRST_PAUSE;
      } catch (IOException e) {
        if (listener.isOpen()) { // no descriptors left, mostly: it passes
          LOG.log(Level.WARNING, "accepting pauses for {0}: {1}", pause, e.getMessage());
          co.await(Timers.sleep(pause));
          pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
      }
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void serve(TcpSocket client) {
    if (connections.size() >= limits.maxConnections()) {
      client.close("over the limit of " + limits.maxConnections() + " connections");
      return;
    }
    EchoConnection[] self = new EchoConnection[1];
    EchoConnection connection =
        new EchoConnection(scheduler, client, limits, () -> connections.remove(self[0]));
    self[0] = connection;
    connections.add(connection);
    scheduler.start("echo " + Addresses.text(client.remoteAddress()), service.apply(connection));
  }
}
