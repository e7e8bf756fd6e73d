package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.trace.TaskDump;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections, and serves each by a task of its own, within limits: a server of your own
 * protocol that survives what production does to servers.
 *
 * <pre>{@code
 * Server server =
 *     Server.serve(
 *         new InetSocketAddress("127.0.0.1", 16000),
 *         (co, connection) -> {
 *           SocketReader in = connection.reader();
 *           SocketWriter out = connection.writer();
 *           String line = co.await(in.readLine(StandardCharsets.UTF_8));
 *           while (line != null) {
 *             co.await(out.writeLine("GOT:" + line));
 *             co.await(out.flush());
 *             line = co.await(in.readLine(StandardCharsets.UTF_8));
 *           }
 *         },
 *         ServerLimits.DEFAULT);
 * Signals.onTerminate(server::shutdown);
 * }</pre>
 *
 * <p>What it takes care of:
 *
 * <ul>
 *   <li>{@link ServerLimits}: connections in all and from one address, deadlines, and the memory
 *       for input that was not taken yet. A line that is too long is answered with {@code ERR line
 *       too long}, who sends more than there is memory for with {@code ERR out of memory for
 *       input}, unless the handler catches the exception or the {@link ServerBuilder#answers} are
 *       others.
 *   <li>When an accept fails, mostly because no descriptors are left, accepting pauses: for 5 ms,
 *       then for twice as long each time, up to a second. Established clients are served on.
 *   <li>A client that resets its connection, or is cut, is a normal end, also as the cause of what
 *       a handler throws. What else a handler throws, as a failure of some other connection that it
 *       has, is logged at once, and only that connection is closed. Of a burst of failures a
 *       second's first ten are logged, and the number of the others.
 *   <li>An orderly end: {@link #shutdown}.
 * </ul>
 *
 * <p>{@link #shutdown}, {@link #stats}, {@link #pauseAccepting} and {@link #resumeAccepting} may be
 * called from any thread; the rest inside of the scheduler, or before it runs.
 *
 * <p>This file is long because it is the door of servers: how they are made, asked and ended.
 */
public final class Server {
  /** An awaiter for the thread style, so that a handler is written once for two styles. */
  private static final Awaiter ON_THREAD =
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

  /** How much longer than the drain timeout a shutdown may take before the loop counts as held. */
  private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final String name;
  private final Scheduler scheduler;
  private final List<TcpListener> listeners;
  private final ServerLimits limits;

  /** Makes the body of the task that serves a connection. */
  private final Function<Connection, Body<?>> service;

  private final Dealer dealer;
  private final Function<IOException, byte @Nullable []> answers;
  private final @Nullable TlsOptions tls;

  /** Whose connections are encrypted; null for those of all listeners. */
  private final @Nullable Set<TcpListener> encrypted;

  private final FailureLog log;
  private final InputBudget pendingInput;

  /** The connections that are not closed, in the order in which they were accepted; the loop's. */
  private final Set<Connection> connections = new LinkedHashSet<>();

  /** How many of them come from an address. */
  private final AddressCounts perAddress;

  /** Done when the server has stopped. */
  private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

  /** Done when the last connection is closed after the last acceptor has ended. */
  private final Promise<@Nullable Void> drained = new Promise<>();

  /** Cuts the connections that do not drain. */
  private final Timed drain = new Drain();

  /** Done when accepting goes on; null unless it is held. */
  private volatile @Nullable Promise<@Nullable Void> resumed;

  /** How many acceptors have not ended. */
  private int acceptors;

  private boolean stopping;

  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong acceptFailures = new AtomicLong();

  Server(ServerBuilder builder, List<TcpListener> listeners) {
    FirstUse.prepare();
    name = builder.name;
    scheduler = builder.scheduler;
    limits = builder.limits;
    service = builder.service;
    dealer = builder.dealer;
    answers = builder.answers;
    tls = builder.tls;
    encrypted = builder.encrypted;
    this.listeners = listeners;
    log = new FailureLog(System.getLogger("dev.heddle.net." + name));
    pendingInput = new InputBudget(limits.maxPendingInput());
    perAddress = new AddressCounts(limits);
    for (TcpListener listener : listeners) {
      scheduler.spawn("acceptor of " + listener, new Acceptor(this, listener));
      acceptors++;
    }
  }

  /**
   * Serves the connections of a listener, as tasks of the {@linkplain Scheduler#current current}
   * scheduler. The server closes the listener when it ends.
   */
  public static Server serve(TcpListener listener, ConnectionHandler handler, ServerLimits limits) {
    return on(Scheduler.current(), handler).limits(limits).serve(List.of(listener));
  }

  /**
   * Listens on an address, an {@code InetSocketAddress} or a {@code UnixDomainSocketAddress}, and
   * serves its clients.
   *
   * @throws IOException if it cannot listen there; the message names the address and the reason
   */
  public static Server serve(SocketAddress address, ConnectionHandler handler, ServerLimits limits)
      throws IOException {
    return serve(List.of(address), handler, limits);
  }

  /**
   * The same on several addresses, under one set of limits.
   *
   * @throws IOException if it cannot listen on one of them; it listens on none then
   */
  public static Server serve(
      List<? extends SocketAddress> addresses, ConnectionHandler handler, ServerLimits limits)
      throws IOException {
    return on(Scheduler.current(), handler).limits(limits).bind(addresses);
  }

  /** For a server that differs, or is made before its scheduler runs. */
  public static ServerBuilder on(Scheduler scheduler, ConnectionHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return new ServerBuilder(scheduler, connection -> bodyOf(connection, handler));
  }

  /**
   * For a server whose tasks are written in other styles: {@code service} makes the body of each
   * connection's task. The body must {@linkplain Connection#close close} the connection in the end.
   */
  public static ServerBuilder on(Scheduler scheduler, Function<Connection, Body<?>> service) {
    return new ServerBuilder(scheduler, service);
  }

  /** A body that serves a connection as those of {@link #on(Scheduler, ConnectionHandler)} do. */
  public static Body<?> bodyOf(Connection connection, ConnectionHandler handler) {
    return Body.coroutine(co -> connection.run(co, handler));
  }

  /** The same in thread style: on a stack of its own, at any depth. */
  public static Body<?> threadBodyOf(Connection connection, ConnectionHandler handler) {
    return Body.thread(() -> connection.run(ON_THREAD, handler));
  }

  /**
   * Serves a connection that was accepted elsewhere, in the task that calls, within the limits of
   * this server; returns when the connection is closed.
   */
  public void adopt(Awaiter co, TcpSocket client, ConnectionHandler handler) {
    Connection connection = admitTo(co.task().scheduler(), client);
    if (connection != null && connection.begins()) {
      connection.run(co, handler);
    }
  }

  // What users ask.

  /** The listeners, in the order of the addresses. */
  public List<TcpListener> listeners() {
    return listeners;
  }

  /**
   * Where the first listener listens, with the port that the system chose if it was asked to. Any
   * thread may ask.
   */
  public InetSocketAddress localAddress() {
    return listeners.getFirst().localAddress();
  }

  /** What clients may do. */
  public ServerLimits limits() {
    return limits;
  }

  /** What was counted so far. Any thread may ask. */
  public ServerStats stats() {
    long all = accepted.get();
    long now = open.get();
    long others = lost.get() + rejected.get() + failed.get();
    return new ServerStats(
        all,
        now,
        refused.get(),
        Math.max(0, all - now - others),
        lost.get(),
        rejected.get(),
        failed.get(),
        pendingInput.reserved(),
        acceptFailures.get() + listeners.stream().mapToLong(TcpListener::acceptFailures).sum());
  }

  /**
   * Accepts no more until {@link #resumeAccepting}; open connections are served on. Clients wait
   * meanwhile in the system's queue, and one for each listener in the server's hands. Any thread
   * may call it.
   */
  public void pauseAccepting() {
    boolean _ =
        scheduler.runInside(
            () -> {
              if (resumed == null) {
                resumed = new Promise<>();
              }
            });
  }

  /** Accepts again. Any thread may call it. */
  public void resumeAccepting() {
    boolean _ = scheduler.runInside(this::resume);
  }

  private void resume() {
    Promise<@Nullable Void> held = resumed;
    resumed = null;
    if (held != null) {
      boolean _ = held.complete(null);
    }
  }

  /**
   * Stops the server: it accepts no more, gives what has arrived to the handlers, and then the end
   * of the input. After {@link ServerLimits#drainTimeout} it cuts the connections that are still
   * open. Returns at once. Any thread may call it.
   *
   * <p>If a task holds up the loop, so that nothing of this happens, an error names the task 2
   * seconds after the drain timeout. When a {@linkplain Signals#onTerminate signal} has asked for
   * the shutdown, the JVM is then ended with exit code 1.
   */
  public void shutdown() {
    if (!scheduler.runInside(this::beginShutdown)) {
      end.complete(null);
    } else if (!end.isDone()) {
      watchEnd();
    }
  }

  /** Waits until the server has stopped: all listeners and connections are closed. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, Exception> end() {
    return Promise.from(end.copy()); // who stops waiting for it must not cancel it for all
  }

  /**
   * Blocks the calling thread, which must not carry a loop, until the server has stopped.
   *
   * @param atMost 0 or less only asks whether it has stopped
   * @return false if that has not happened in this time
   */
  public boolean awaitEnd(Duration atMost) throws InterruptedException {
    Scheduler.checkMayBlock("Server.awaitEnd");
    try {
      end.get(Timers.saturatedNanos(atMost), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  // The end.

  private void beginShutdown() {
    if (stopping) {
      return;
    }
    stopping = true;
    listeners.forEach(TcpListener::close);
    resume();
    for (Connection connection : new ArrayList<>(connections)) {
      onLoopOf(connection, () -> connection.transport().finishReading());
    }
    scheduler.setDeadline(
        drain, scheduler.nanoTime() + Timers.saturatedNanos(limits.drainTimeout()));
    endIfAllHave();
  }

  private static void onLoopOf(Connection connection, Runnable action) {
    boolean _ =
        connection
            .scheduler()
            .runInside(
                () -> {
                  if (connection.transport().isOpen()) {
                    action.run();
                  }
                });
  }

  private final class Drain extends Timed {
    @Override
    protected void handleDeadline(Scheduler owner) {
      String why = "not through " + limits.drainTimeout() + " after shutdown";
      for (Connection connection : new ArrayList<>(connections)) {
        onLoopOf(connection, () -> connection.transport().close(why));
      }
    }
  }

  /**
   * A listener is closed. Gives what its acceptor waits for, as the connections may be in other
   * schedulers, and this one must run until all of them have told that they are closed; null if
   * none is open.
   */
  @Nullable YieldEvent<?, ?> acceptorEnded() {
    acceptors--;
    assert acceptors >= 0 : this;
    endIfAllHave();
    return connections.isEmpty() ? null : drained;
  }

  private void endIfAllHave() {
    if (acceptors == 0 && connections.isEmpty() && (stopping || !listeners.isEmpty())) {
      scheduler.clearDeadline(drain);
      boolean _ = drained.complete(null);
      end.complete(null);
    }
  }

  /**
   * On a thread of its own, as the loop may be held up: waits for the end, or tells who holds it.
   */
  private void watchEnd() {
    Thread.Builder watch = Thread.ofPlatform().daemon().name("end of " + name);
    boolean ends = Signals.isTerminating();
    Thread _ = watch.start(() -> tellIfHeld(ends));
  }

  private void tellIfHeld(boolean ends) {
    long nanos = Timers.saturatedNanos(limits.drainTimeout()) + HELD_NANOS;
    try {
      if (awaitEnd(Duration.ofNanos(nanos))) {
        return;
      }
    } catch (InterruptedException e) {
      return;
    }
    log.warning(
        "server '"
            + name
            + "' has not stopped "
            + Duration.ofNanos(nanos)
            + " after its shutdown: "
            + Objects.requireNonNullElse(TaskDump.holder(scheduler), "no task has the turn"));
    if (ends) {
      LogPrinter.awaitAll(HELD_NANOS);
      Runtime.getRuntime().halt(1);
    }
  }

  // What acceptors and connections tell.

  InputBudget pendingInput() {
    return pendingInput;
  }

  @Nullable Promise<@Nullable Void> resumed() {
    return resumed;
  }

  /** Serves a connection that a listener has accepted, or closes it if it is over a limit. */
  void admit(TcpSocket client, TcpListener by) {
    Scheduler chosen = dealer.pick();
    Connection connection = admitTo(chosen, client);
    if (connection == null) {
      return;
    }
    TlsOptions options = encrypted == null || encrypted.contains(by) ? tls : null;
    if (chosen == scheduler) {
      start(connection, options);
    } else if (!chosen.runInside(() -> start(connection, options))) {
      failed(connection, new IllegalStateException(chosen + " has ended"));
      open.decrementAndGet();
      drop(connection);
      client.close();
    }
  }

  /** Counts a connection; null, and it is closed, if it is over a limit. */
  private @Nullable Connection admitTo(Scheduler chosen, TcpSocket client) {
    if (connections.size() >= limits.maxConnections()) {
      return refuse(client, "over the limit of " + limits.maxConnections() + " connections");
    }
    if (!perAddress.hasRoomFor(client)) {
      String limit = "over the limit of " + limits.maxConnectionsPerAddress();
      return refuse(client, limit + " connections from one address");
    }
    Connection connection = new Connection(this, client, chosen);
    connections.add(connection);
    accepted.incrementAndGet();
    open.incrementAndGet();
    perAddress.count(client, 1);
    dealer.count(chosen, 1);
    assert connections.size() <= limits.maxConnections() : this;
    assert open.get() <= connections.size() : this + " counts connections that it does not know";
    return connection;
  }

  private void start(Connection connection, @Nullable TlsOptions options) {
    try {
      if (!connection.begins()) {
        return;
      }
      if (options == null) {
        startService(connection);
      } else {
        startHandshake(connection, options);
      }
    } catch (Throwable failure) {
      failed(connection, failure);
      connection.close();
    }
  }

  private void startService(Connection connection) {
    connection.scheduler().start(name + ", " + connection, service.apply(connection));
  }

  /** In a task of its own, which starts the handler's: so all styles are served. */
  private void startHandshake(Connection connection, TlsOptions options) {
    connection
        .scheduler()
        .start(
            name + " handshake, " + connection,
            Body.step(new ServerHandshake(connection, options, () -> startService(connection))));
  }

  private @Nullable Connection refuse(TcpSocket client, String why) {
    refused.incrementAndGet();
    log.warning(client + " is refused: " + why);
    client.close(why);
    return null;
  }

  void closed(Connection connection) {
    long left = open.decrementAndGet();
    assert left >= 0 : this + " has closed " + connection + " twice";
    if (scheduler.isInside()) {
      drop(connection);
    } else {
      boolean _ = scheduler.runInside(() -> drop(connection));
    }
  }

  private void drop(Connection connection) {
    if (connections.remove(connection)) {
      perAddress.count(connection.transport(), -1);
      dealer.count(connection.scheduler(), -1);
      assert open.get() <= connections.size() : this + " has dropped one that is open";
      endIfAllHave();
    }
  }

  byte @Nullable [] answerTo(IOException failure) {
    return answers.apply(failure);
  }

  /** The client was told why, and is not at fault for more: one line, not a stack trace. */
  void handshakeFailed(Connection connection, IOException why) {
    if (why instanceof SocketException) {
      lost(connection, why);
    } else {
      rejected.incrementAndGet();
      log.warning(connection + " made no handshake: " + why.getMessage());
    }
  }

  void rejected(Connection connection, IOException why) {
    rejected.incrementAndGet();
    if (log.isDebug()) {
      log.debug(connection + " is rejected: " + why.getMessage());
    }
  }

  void failed(Connection connection, Throwable failure) {
    Throwable end = connection.endIn(failure);
    Throwable reason =
        failure instanceof UncheckedIOException e
            ? Objects.requireNonNullElse(e.getCause(), failure)
            : failure;
    if (end != null) {
      lost(connection, end);
    } else if (reason instanceof LineTooLongException || reason instanceof InputMemoryException) {
      rejected(connection, (IOException) reason);
    } else {
      failed.incrementAndGet();
      reportFailure(connection + " failed and is closed", failure);
    }
  }

  private void lost(Connection connection, Throwable end) {
    lost.incrementAndGet();
    if (log.isDebug()) {
      log.debug(connection + " ended: " + end.getMessage());
    }
  }

  void reportFailure(String what, Throwable failure) {
    log.error(what, failure);
  }

  void acceptFailed(TcpListener listener, Throwable failure, Duration pause) {
    acceptFailures.incrementAndGet();
    log.warning(listener + " is not accepted from for " + pause + ": " + failure);
  }

  @Override
  public String toString() {
    return name + " on " + listeners;
  }
}
