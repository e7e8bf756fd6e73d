package dev.heddle.net;

import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a {@link Server} is made that differs from the defaults. */
public final class ServerBuilder {
  final Scheduler scheduler;
  Function<Connection, Body<?>> service;
  String name = "server";
  ServerLimits limits = ServerLimits.DEFAULT;
  Dealer dealer;
  private final Dealer ownLoop;
  Function<IOException, byte @Nullable []> answers = ServerBuilder::errorLine;
  @Nullable TlsOptions tls;

  /** Whose connections are encrypted; null for those of all listeners. */
  @Nullable Set<TcpListener> encrypted;

  ServerBuilder(Scheduler scheduler, Function<Connection, Body<?>> service) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    this.service = Objects.requireNonNull(service, "service");
    this.ownLoop = () -> scheduler;
    this.dealer = ownLoop;
  }

  /** For the names of tasks, and of the log: {@code dev.heddle.net.} and this. */
  public ServerBuilder name(String serverName) {
    name = Objects.requireNonNull(serverName, "name");
    return this;
  }

  /** What clients may do. Default: {@link ServerLimits#DEFAULT}. */
  public ServerBuilder limits(ServerLimits serverLimits) {
    limits = Objects.requireNonNull(serverLimits, "limits");
    return this;
  }

  /**
   * Deals the connections out: {@code picker} names the scheduler of each. One scheduler accepts
   * and keeps count; the others serve. Each must run on a thread of its own, for example with a
   * task that waits for the {@link Server#end}.
   */
  public ServerBuilder dealTo(Supplier<Scheduler> schedulerPicker) {
    Objects.requireNonNull(schedulerPicker, "picker");
    dealer = schedulerPicker::get;
    return this;
  }

  /**
   * Deals the connections out to the loops of a group: each goes to the loop that serves the fewest
   * of this server. The builder's scheduler accepts and keeps count; it may be a loop of the group,
   * if the server is made on that loop, or one that does nothing else.
   *
   * <pre>{@code
   * try (SchedulerGroup group = SchedulerGroup.open()) {
   *   Scheduler.run(
   *       co -> {
   *         Server server = builder.dealTo(group).bind(List.of(address));
   *         co.await(server.end());
   *       });
   * }
   * }</pre>
   *
   * <p>A handler runs on the loop of its connection; two connections may be on two loops, so what
   * handlers share must be safe for threads. A loop that has failed gets no more connections, and
   * those that it had are closed.
   */
  public ServerBuilder dealTo(SchedulerGroup group) {
    dealer = new Dealer.FewestConnections(group);
    return this;
  }

  /**
   * Encrypts: each client makes a TLS handshake, in a task of its own, before its handler begins.
   * Who makes none in {@link TlsOptions#withHandshakeTimeout its time} is closed.
   *
   * @throws IllegalArgumentException if the options are a client's
   */
  public ServerBuilder tls(TlsOptions options) {
    if (options.isClient()) {
      throw new IllegalArgumentException(options + ", and it is to be a server");
    }
    tls = options;
    encrypted = null;
    return this;
  }

  /**
   * Encrypts the connections of some listeners only: so one server, under one set of limits, has
   * clients that are encrypted, and others that are not.
   *
   * <pre>{@code
   * TcpListener inside = TcpListener.bind(UnixDomainSocketAddress.of("app.sock"));
   * TcpListener outside = TcpListener.bind(new InetSocketAddress("0.0.0.0", 8443));
   * Server server = builder.tls(options, List.of(outside)).serve(List.of(inside, outside));
   * }</pre>
   *
   * <p>{@link #serve} refuses listeners that are named here and not served.
   *
   * @throws IllegalArgumentException if the options are a client's, or there is no listener
   */
  public ServerBuilder tls(TlsOptions options, List<TcpListener> listeners) {
    if (listeners.isEmpty()) {
      throw new IllegalArgumentException("TLS at no listener: must be one or more");
    }
    ServerBuilder _ = tls(options);
    encrypted = Set.copyOf(listeners);
    return this;
  }

  /**
   * What a client is told whose handler throws a {@link LineTooLongException} or an {@link
   * InputMemoryException}; null for nothing. Default: a line with {@code ERR}. A protocol that does
   * not consist of lines needs an answer of its own:
   *
   * <pre>{@code
   * builder.answers(
   *     why ->
   *         why instanceof LineTooLongException
   *             ? "-ERR line too long\r\n".getBytes(StandardCharsets.US_ASCII)
   *             : null);
   * }</pre>
   *
   * <p>The message of the exception is for the server's log: it names the client's address.
   */
  public ServerBuilder answers(Function<IOException, byte @Nullable []> clientAnswers) {
    answers = Objects.requireNonNull(clientAnswers, "answers");
    return this;
  }

  /**
   * Calls {@code action} with each connection before its task begins, and, with TLS, when its
   * handshake is made. It is called inside of the connection's scheduler, and must not wait. What
   * it throws closes the connection. Of several actions the last one is called first.
   *
   * <pre>{@code
   * builder.onOpen(connection -> append("from " + connection.socket().remoteAddress()));
   * }</pre>
   */
  public ServerBuilder onOpen(Consumer<Connection> action) {
    Objects.requireNonNull(action, "action");
    Function<Connection, Body<?>> serves = service;
    service =
        connection -> {
          action.accept(connection);
          return serves.apply(connection);
        };
    return this;
  }

  /** Listens on these addresses; it accepts as soon as the scheduler runs. */
  public Server bind(List<? extends SocketAddress> addresses) throws IOException {
    List<TcpListener> bound = new ArrayList<>();
    try {
      for (SocketAddress address : addresses) {
        bound.add(
            switch (address) {
              case InetSocketAddress inet ->
                  TcpListener.bind(inet, ListenOptions.DEFAULT, SocketProvider.ofServer(scheduler));
              case UnixDomainSocketAddress path -> {
                SocketProvider.refuseRecorded(scheduler, "Unix-domain sockets");
                yield TcpListener.bind(path);
              }
              default ->
                  throw new IllegalArgumentException(
                      address + ": must be an InetSocketAddress or a UnixDomainSocketAddress");
            });
      }
      return serve(bound);
    } catch (Throwable failure) {
      bound.forEach(TcpListener::close);
      throw failure;
    }
  }

  /**
   * Serves the connections of these listeners; of none, those that it {@link Server#adopt}s.
   *
   * @throws IllegalArgumentException if TLS is for a listener that is not among them
   * @throws IllegalStateException if the scheduler is recorded or replayed, and the server has TLS
   *     or deals its connections to other loops
   */
  public Server serve(List<TcpListener> listeners) {
    if (encrypted != null && !listeners.containsAll(encrypted)) {
      throw new IllegalArgumentException("TLS at " + encrypted + ", of " + listeners);
    }
    try {
      if (tls != null) {
        SocketProvider.refuseRecorded(scheduler, "TLS sockets"); // before a client comes
      }
      if (dealer != ownLoop) {
        SocketProvider.refuseRecorded(scheduler, "connections on other loops");
      }
    } catch (SocketException refused) {
      throw new IllegalStateException(refused.getMessage(), refused);
    }
    return new Server(this, List.copyOf(listeners));
  }

  private static byte[] errorLine(IOException failure) {
    String line =
        failure instanceof LineTooLongException
            ? "ERR line too long\n"
            : "ERR out of memory for input\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }
}
