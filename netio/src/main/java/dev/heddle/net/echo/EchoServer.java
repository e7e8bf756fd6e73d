package dev.heddle.net.echo;

import dev.heddle.net.Connection;
import dev.heddle.net.ConnectionHandler;
import dev.heddle.net.Server;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.ServerStats;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The echo server of Python Cookbook 12.12, made for use: answers each line with {@code GOT:} and
 * the line. All that makes it fit for use is {@link Server}'s.
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
 * {@code ERR line too long}, and the connection is closed; so it is with {@code ERR out of memory
 * for input} when all unfinished lines together are more than allowed. A last line without a
 * newline is answered when the client ends its output.
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

    Body<?> serve(Connection connection) {
      return serve(connection, Mode.GOT);
    }

    Body<?> serve(Connection connection, Mode mode) {
      if (this == STEP) {
        return Body.<@Nullable Void>step(new EchoStep(connection, mode));
      }
      return serve(connection, mode == Mode.GOT ? EchoServer::converse : EchoServer::giveBack);
    }

    Body<?> serve(Connection connection, ConnectionHandler handler) {
      return switch (this) {
        case THREAD -> Server.threadBodyOf(connection, handler);
        case COROUTINE -> Server.bodyOf(connection, handler);
        case STEP -> throw new IllegalArgumentException("a handler is no step");
      };
    }
  }

  /** What is answered. */
  public enum Mode {
    /** Each line with {@code GOT:} and the line. */
    GOT,
    /** What is received, as it is and at once, as RFC 862 says. */
    RFC862
  }

  private final Server server;

  EchoServer(Server server) {
    this.server = server;
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
    return open(scheduler, List.of(address), style, Mode.GOT, limits);
  }

  /** The same on several addresses, Unix-domain ones among them, and in either mode. */
  public static EchoServer open(
      Scheduler scheduler,
      List<? extends SocketAddress> addresses,
      Style style,
      Mode mode,
      ServerLimits limits)
      throws IOException {
    return new EchoServer(on(scheduler, style, mode).limits(limits).bind(addresses));
  }

  /**
   * For an echo server with what else servers may have: TLS, several schedulers, an action at each
   * connection.
   *
   * <pre>{@code
   * Server server =
   *     EchoServer.on(scheduler, EchoServer.Style.COROUTINE, EchoServer.Mode.GOT)
   *         .tls(TlsOptions.forServer(context))
   *         .bind(List.of(new InetSocketAddress("127.0.0.1", 16000)));
   * }</pre>
   */
  public static ServerBuilder on(Scheduler scheduler, Style style, Mode mode) {
    ServerBuilder builder =
        Server.on(scheduler, connection -> style.serve(connection, mode)).name("echo");
    return mode == Mode.GOT ? builder : builder.answers(_ -> null); // nothing but what was sent
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
    return co -> ofHandlers(co.task().scheduler()).server.adopt(co, client, EchoServer::converse);
  }

  /** All connections of one scheduler that were accepted by others are one server's. */
  private static EchoServer ofHandlers(Scheduler scheduler) {
    return scheduler.attachment(
        EchoServer.class,
        () ->
            new EchoServer(
                Server.on(scheduler, EchoServer::converse).name("echo").serve(List.of())));
  }

  /** The whole conversation; {@code co} is how the body waits. */
  private static void converse(Awaiter co, Connection connection) throws IOException {
    EchoConversation talk = new EchoConversation(connection);
    while (co.await(talk.hear())) {
      co.await(talk.answer());
    }
  }

  private static void giveBack(Awaiter co, Connection connection) throws IOException {
    byte[] bytes = co.await(connection.reader().readAvailable());
    while (bytes != null) {
      co.await(connection.socket().send(ByteBuffer.wrap(bytes)));
      bytes = co.await(connection.reader().readAvailable());
    }
  }

  /**
   * Where the server listens. Any thread may ask.
   *
   * @return the address, with the port that the system chose if it was asked to
   */
  public InetSocketAddress localAddress() {
    return server.localAddress();
  }

  /** What was counted so far. Any thread may ask. */
  public ServerStats stats() {
    return server.stats();
  }

  /**
   * Stops the server, as {@link Server#shutdown} does: it accepts no more, answers what has
   * arrived, and closes the connections. Returns at once. Any thread may call it.
   */
  public void shutdown() {
    server.shutdown();
  }
}
