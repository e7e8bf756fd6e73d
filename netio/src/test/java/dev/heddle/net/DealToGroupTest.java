package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Fields;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.group.GroupLoop;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One acceptor that hands connections to the loops of a group. */
class DealToGroupTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Tells with each answer on which loop it is. */
  private static void where(Awaiter co, Connection connection) throws IOException {
    String line = co.await(connection.reader().readLine(US_ASCII));
    while (line != null) {
      co.await(connection.writer().writeLine(co.task().scheduler().name() + ":" + line));
      co.await(connection.writer().flush());
      line = co.await(connection.reader().readLine(US_ASCII));
    }
  }

  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(Server server) throws IOException {
      socket = new Socket(server.localAddress().getAddress(), server.localAddress().getPort());
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    /** The name of the loop that answers; null if the connection has ended. */
    String ask(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
      String answer = in.readLine();
      if (answer == null) {
        return null;
      }
      assertThat(answer).endsWith(":" + line);
      return answer.substring(0, answer.indexOf(':'));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static SchedulerGroup group(int loops) {
    return SchedulerGroup.builder()
        .name("g")
        .loops(loops)
        .daemon(true)
        .loopFailureReporter((_, _) -> {})
        .open();
  }

  private static Server serve(Scheduler acceptor, SchedulerGroup group) throws IOException {
    return Server.on(acceptor, DealToGroupTest::where)
        .dealTo(group)
        .bind(List.of(Connections.ANY_PORT));
  }

  private static void closeAll(List<Client> clients) throws IOException {
    for (Client each : clients) {
      each.close();
    }
  }

  @Test
  void connectionsAreSpreadEvenlyAndTheNextGoesWhereTheFewestAre() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (SchedulerGroup group = group(3);
        Scheduler acceptor = Scheduler.create()) {
      Server server = serve(acceptor, group);
      Thread thread = Thread.ofPlatform().start(acceptor::run);
      List<String> loops = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        Client client = new Client(server);
        clients.add(client);
        loops.add(client.ask("" + i));
      }
      Map<String, Long> spread =
          loops.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      assertThat(spread).isEqualTo(Map.of("g-0", 3L, "g-1", 3L, "g-2", 3L));
      clients.get(loops.indexOf("g-1")).close(); // two of them leave: the next two go there
      clients.get(loops.lastIndexOf("g-1")).close();
      Until.true_("the acceptor knows of seven", () -> known(acceptor, server) == 7);
      for (int i = 0; i < 2; i++) {
        Client client = new Client(server);
        clients.add(client);
        assertThat(client.ask("more")).isEqualTo("g-1");
      }
      server.shutdown();
      assertThat(server.awaitEnd(LONG)).isTrue();
      thread.join();
      assertThat(server.stats().open()).isZero();
      assertThat(group.drain(LONG)).isTrue();
    } finally {
      closeAll(clients);
    }
  }

  /** The counts are the acceptor's: it hears of an end by its inbox, after it was counted. */
  private static int known(Scheduler acceptor, Server server) {
    try {
      Set<Connection> connections = Fields.get(server, "connections");
      return acceptor.call(() -> connections.size());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLoopOfTheGroupMayBeTheAcceptor() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (SchedulerGroup group = group(2)) {
      GroupLoop first = group.loops().getFirst();
      Server server = first.submit("listens", _ -> serve(Scheduler.current(), group)).get(LONG);
      for (int i = 0; i < 4; i++) {
        clients.add(new Client(server));
      }
      List<String> loops = new ArrayList<>();
      for (Client each : clients) {
        loops.add(each.ask("x"));
      }
      assertThat(loops).containsExactlyInAnyOrder("g-0", "g-0", "g-1", "g-1");
      server.shutdown();
      assertThat(group.drain(LONG)).as("all has ended by itself").isTrue();
      assertThat(server.stats().open()).isZero();
    } finally {
      closeAll(clients);
    }
  }

  @Test
  void aFailedLoopLosesItsConnectionsAndGetsNoMoreAndTheServerGoesOn() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (LogRecords _ = new LogRecords("dev.heddle.net.server");
        SchedulerGroup group = group(2);
        Scheduler acceptor = Scheduler.create()) {
      Server server = serve(acceptor, group);
      Thread thread = Thread.ofPlatform().start(acceptor::run);
      clients.add(new Client(server));
      String lost = clients.getFirst().ask("x");
      GroupLoop fails = group.loops().get(lost.equals("g-0") ? 0 : 1);
      fails.tell(
          () -> {
            throw new AssertionError("broken by the test");
          });
      assertThat(clients.getFirst().in.readLine()).as("the connection is closed").isNull();
      Until.true_("it has failed", () -> fails.failure() != null);
      for (int i = 0; i < 3; i++) {
        Client client = new Client(server);
        clients.add(client);
        assertThat(client.ask("y")).isEqualTo(lost.equals("g-0") ? "g-1" : "g-0");
      }
      server.shutdown();
      assertThat(server.awaitEnd(LONG)).isTrue();
      thread.join();
    } finally {
      closeAll(clients);
    }
  }
}
