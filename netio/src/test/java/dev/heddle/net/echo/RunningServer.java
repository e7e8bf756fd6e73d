package dev.heddle.net.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.heddle.fixtures.Until;
import dev.heddle.net.Connection;
import dev.heddle.net.Server;
import dev.heddle.net.ServerLimits;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Clock;
import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An echo server on a thread of its own, on a port that the system chose. */
final class RunningServer implements AutoCloseable {
  private static final Pattern POLLS = Pattern.compile("(\\d+) polls");

  private final Scheduler scheduler;
  private final EchoServer server;
  private final Thread thread;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private RunningServer(
      ServerKind kind, ServerLimits limits, Clock clock, Function<Connection, Body<?>> service)
      throws IOException {
    scheduler = Scheduler.builder().engine(kind.engine()).clock(clock).build();
    server =
        new EchoServer(
            Server.on(scheduler, service).name("echo").limits(limits).bind(List.of(anyPort())));
    thread = Thread.ofPlatform().name("server " + kind).start(this::run);
    assertThat(ask(Scheduler::isInside)).isTrue(); // it runs, and may be closed
  }

  static RunningServer start(ServerKind kind) throws IOException {
    return start(kind, ServerLimits.DEFAULT);
  }

  static RunningServer start(ServerKind kind, ServerLimits limits) throws IOException {
    return start(kind, limits, Clock.system());
  }

  static RunningServer start(ServerKind kind, ServerLimits limits, Clock clock) throws IOException {
    return new RunningServer(kind, limits, clock, kind.style()::serve);
  }

  /** A server whose connections are served by the test. */
  static RunningServer serving(ServerKind kind, Function<Connection, Body<?>> service)
      throws IOException {
    return new RunningServer(kind, ServerLimits.DEFAULT, Clock.system(), service);
  }

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private void run() {
    try {
      scheduler.run();
      ended.complete(null);
    } catch (Throwable t) {
      ended.completeExceptionally(t);
    }
  }

  InetSocketAddress address() {
    return server.localAddress();
  }

  Client connect() throws IOException {
    return new Client(address());
  }

  void shutdown() {
    server.shutdown();
  }

  /** Asks the loop something, between two turns. */
  <T> T ask(Function<Scheduler, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    scheduler.execute(() -> answer(answer, question));
    return answer.join();
  }

  private <T> void answer(CompletableFuture<T> answer, Function<Scheduler, T> question) {
    try {
      answer.complete(question.apply(scheduler));
    } catch (Throwable thrown) { // who asks waits, and must hear of it
      answer.completeExceptionally(thrown);
    }
  }

  /** How many tasks live besides the acceptor and the one that asks. */
  int connections() {
    return ask(s -> s.tasks().size()) - 2;
  }

  /** How often the scheduler has polled sockets; waits until it has one. */
  long polls() {
    Until.true_("a socket has brought a poller", () -> ask(RunningServer::pollsSockets));
    return ask(RunningServer::polls);
  }

  private static boolean pollsSockets(Scheduler scheduler) {
    return scheduler.tasks().stream()
        .map(Task::waitingFor)
        .anyMatch(event -> event != null && event.described().startsWith("a connection to"));
  }

  /** As the poller tells in its own words, which are read in error messages. */
  static long polls(Scheduler scheduler) {
    Poller poller = scheduler.poller(Poller.class, () -> fail("no socket has brought a poller"));
    Matcher polls = POLLS.matcher(poller.toString());
    assertThat(polls.find()).isTrue();
    return Long.parseLong(polls.group(1));
  }

  /** Returns when the run has ended by itself; throws what it threw. */
  void awaitEnd() {
    ended.join();
  }

  @Override
  public void close() throws InterruptedException {
    scheduler.close();
    thread.join();
    awaitEnd();
  }
}
