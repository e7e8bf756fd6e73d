package dev.heddle.net.echo;

import dev.heddle.net.ServerLimits;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
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
 * The echo server of Python Cookbook 12.12, made for use: answers each line with {@code GOT:} and
 * the line.
 *
 * <pre>{@code
 * try (Scheduler scheduler = Scheduler.create()) {
 *   EchoServer server =
 *       EchoServer.open(
 *           scheduler,
 *           new InetSocketAddress("127.0.0.1", 16000),
 *           EchoServer.Style.COROUTINE,
 *           ServerLimits.DEFAULT);
 *   Signals.onTerminate(server::shutdown);
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>Lines are bytes up to a newline and are echoed exactly. A line over the limit is answered with
 * {@code ERR line too long}, and the connection is closed. A last line without a newline is
 * answered when the client ends its output.
 */
public final class EchoServer {

  /** How the tasks that serve connections are written. */
  public enum Style {
    /** {@code () -> ... await(event) ...}. */
    THREAD,
    /** {@code co -> ... co.await(event) ...}. */
    COROUTINE,
    /** A state machine. */
    STEP;

    Body<?> serve(EchoConnection connection) {
      return switch (this) {
        case THREAD -> Body.thread(() -> connection.converse(ON_THREAD));
        case COROUTINE -> Body.coroutine(connection::converse);
        case STEP -> Body.step(new EchoStep(connection));
      };
    }
  }

  /** An awaiter for the thread style, so that the conversation is written once for two styles. */
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

  private static final System.Logger LOG = System.getLogger("dev.heddle.net.echo");
  private static final int FIRST_PAUSE_MILLIS = 5;
  private static final int LONGEST_PAUSE_MILLIS = 1000;

  private final Scheduler scheduler;
  private final TcpListener listener;
  private final ServerLimits limits;

  /** Makes the body of the task that serves a connection. */
  private final Function<EchoConnection, Body<?>> service;

  /** The connections that are not closed, in the order in which they were accepted. */
  private final Set<EchoConnection> connections = new LinkedHashSet<>();

  EchoServer(
      Scheduler scheduler,
      TcpListener listener,
      ServerLimits limits,
      Function<EchoConnection, Body<?>> service) {
    this.scheduler = scheduler;
    this.listener = listener;
    this.limits = limits;
    this.service = service;
    scheduler.spawn("acceptor of " + listener, this::acceptAll);
  }

  /**
   * Listens on an address and serves its clients as tasks of the scheduler. To be called inside of
   * the scheduler, or before it runs.
   *
   * @param scheduler runs the server's tasks
   * @param address where to listen; with port 0 the system chooses a port
   * @param style how the tasks are written
   * @param limits what clients may do
   * @return the server, which accepts as soon as the scheduler runs
   * @throws IOException if it cannot listen there; the message names the address and the reason
   */
  public static EchoServer open(
      Scheduler scheduler, InetSocketAddress address, Style style, ServerLimits limits)
      throws IOException {
    return new EchoServer(scheduler, TcpListener.bind(address), limits, style::serve);
  }

  /**
   * The body of a task that serves one client, with the default limits: for an acceptor of your
   * own. The task closes the connection when it ends.
   *
   * <pre>{@code
   * scheduler.spawn(EchoServer.handler(co.await(listener.accept())));
   * }</pre>
   *
   * @param client the connection to serve
   * @return the body, to be spawned once
   */
  public static TaskBody handler(TcpSocket client) {
    return co -> {
      var connection =
          new EchoConnection(co.task().scheduler(), client, ServerLimits.DEFAULT, closed -> {});
      connection.converse(co);
    };
  }

  /**
   * Where the server listens. Any thread may ask.
   *
   * @return the address, with the port that the system chose if it was asked to
   */
  public InetSocketAddress localAddress() {
    return listener.localAddress();
  }

  /**
   * Stops the server: it accepts no more, answers what has arrived, and closes the connections.
   * After {@link ServerLimits#drainTimeout} it cuts the connections that are still open. Returns at
   * once. Any thread may call it.
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
            for (EchoConnection connection : new ArrayList<>(connections)) {
              connection.socket().close("not through " + limits.drainTimeout() + " after shutdown");
            }
          }
        },
        scheduler.nanoTime() + Timers.saturatedNanos(limits.drainTimeout()));
  }

  private void acceptAll(Awaiter co) {
    int pause = FIRST_PAUSE_MILLIS;
    while (listener.isOpen()) {
      try {
        serve(co.await(listener.accept()));
        pause = FIRST_PAUSE_MILLIS;
      } catch (IOException e) {
        if (listener.isOpen()) { // mostly because no descriptors are left, which passes
          LOG.log(Level.WARNING, "accepting pauses for {0} ms: {1}", pause, e.getMessage());
          co.await(Timers.sleep(Duration.ofMillis(pause)));
          pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
      }
    }
  }

  private void serve(TcpSocket client) {
    if (connections.size() >= limits.maxConnections()) {
      client.close("over the limit of " + limits.maxConnections() + " connections");
      return;
    }
    EchoConnection connection = new EchoConnection(scheduler, client, limits, connections::remove);
    connections.add(connection);
    scheduler.start("echo, " + client, service.apply(connection));
  }
}
