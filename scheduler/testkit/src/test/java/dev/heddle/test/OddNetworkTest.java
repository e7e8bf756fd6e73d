package dev.heddle.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What nobody ought to ask of the simulated network, and what it says to that. */
class OddNetworkTest {
  private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();

  @Test
  void whatTakesForEverOnTheNetworkNeverArrives() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = sim.network().host("server");
          server.start(
              c -> {
                TcpListener _ = TcpListener.bind(new InetSocketAddress(80));
                c.await(new Event("the end").await());
              });
          co.await(Timers.sleep(Duration.ofMillis(1)));
          sim.network().latency(FOR_EVER);
          assertThatThrownBy(() -> co.await(TcpSocket.connect(server.address(80))))
              .hasMessageContaining("timed out");
          sim.network().latency(Duration.ZERO);
          sim.network().faults(Faults.NONE.withDelays(1, FOR_EVER));
          assertThatThrownBy(() -> co.await(TcpSocket.connect(server.address(80))))
              .hasMessageContaining("timed out");
          sim.network().latency(FOR_EVER); // and the sum of all is longer than the longest time
          sim.network().bandwidth(sim.host(), server, 1);
          assertThatThrownBy(() -> co.await(TcpSocket.connect(server.address(80))))
              .hasMessageContaining("timed out");
        });
  }

  @Test
  void realSocketsAreLookedAtBeforeTheClockJumps() throws Exception {
    TestScheduler.builder()
        .realSockets()
        .run(
            (co, sim) -> {
              InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
              try (TcpListener listener = TcpListener.bind(any);
                  TcpSocket socket = co.await(TcpSocket.connect(listener.localAddress()))) {
                Task<?> answers =
                    Scheduler.current()
                        .spawn(
                            c -> {
                              try (TcpSocket accepted = c.await(listener.accept())) {
                                c.await(accepted.send(ByteBuffer.wrap("hello".getBytes(UTF_8))));
                              }
                            });
                co.await(Timers.sleep(Duration.ofHours(1)));
                assertThat((int) co.await(socket.recv(ByteBuffer.allocate(9)))).isEqualTo(5);
                var _ = co.await(answers.join());
              }
              assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofHours(1));
              assertThatThrownBy(sim::network).isInstanceOf(IllegalStateException.class);
            });
  }

  // Hosts.

  @Test
  void whenNoPortIsFreeTheNextListenerIsRefused() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          List<TcpListener> all = new ArrayList<>();
          for (int port = 49_152; port <= 65_535; port++) {
            all.add(TcpListener.bind(new InetSocketAddress(0)));
          }
          assertThatThrownBy(() -> TcpListener.bind(new InetSocketAddress(0)))
              .isInstanceOf(BindException.class)
              .hasMessageContaining("no free port");
          for (TcpListener each : all) {
            each.close();
          }
        });
  }

  @Test
  void aHostThatCrashesBeforeItsFirstTurnHasNoSchedulerLeft() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = sim.network().host("server");
          boolean[] ran = new boolean[1];
          server.start(c -> ran[0] = true);
          server.crash();
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          assertThat(ran[0]).isFalse();
          assertThatThrownBy(server::crash).hasMessageContaining("cannot crash");
          server.start(c -> ran[0] = true);
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          assertThat(ran[0]).isTrue();
        });
  }

  @Test
  void aHostThatIsStartedWhenTheTestIsOverDoesNotRun() throws Exception {
    boolean[] ran = new boolean[2];
    TestScheduler.run(
        (co, sim) -> {
          Task<?> _ =
              Scheduler.current()
                  .spawn(
                      "starts a host when it is cancelled",
                      c -> {
                        try {
                          c.await(new Event("never").await());
                        } finally {
                          ran[0] = true;
                          sim.network().host("late").start(d -> ran[1] = true);
                        }
                      });
          co.await(Task.yield());
        });
    assertThat(ran).containsExactly(true, false);
  }

  @Test
  void anOddCallOnASimulatedSocketEndsAsOnASystemsOne() throws Exception {
    List<String> simulated = new ArrayList<>();
    List<String> real = new ArrayList<>();
    TestScheduler.run(co -> oddCalls(co, simulated));
    TestScheduler.builder().realSockets().run((co, sim) -> oddCalls(co, real));
    assertThat(simulated).isEqualTo(real).hasSizeGreaterThan(20);
  }

  private static void oddCalls(Awaiter co, List<String> ends) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    InetSocketAddress any = new InetSocketAddress(loopback, 0);
    TcpListener listener = TcpListener.bind(any);
    InetSocketAddress taken = listener.localAddress();
    note(ends, "bind where somebody listens", () -> TcpListener.bind(taken));
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 0);
    note(ends, "bind to a name", () -> TcpListener.bind(unresolved));
    InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 0);
    note(ends, "bind to another's address", () -> TcpListener.bind(elsewhere));
    note(ends, "connect to port 0", () -> co.await(TcpSocket.connect(any)));
    TcpListener gone = TcpListener.bind(any);
    InetSocketAddress nobody = gone.localAddress();
    gone.close();
    note(ends, "connect to nobody", () -> co.await(TcpSocket.connect(nobody)));
    TcpSocket client = co.await(TcpSocket.connect(taken));
    TcpSocket server = co.await(listener.accept());
    ByteBuffer none = ByteBuffer.allocate(0);
    ByteBuffer one = ByteBuffer.allocate(1);
    note(ends, "send nothing", () -> co.await(client.send(none)));
    note(ends, "receive nothing", () -> co.await(client.recv(none)));
    note(ends, "receive into what is not for it", () -> recv(co, client, one.asReadOnlyBuffer()));
    note(ends, "a linger of -1", () -> client.setOption(StandardSocketOptions.SO_LINGER, -1));
    note(ends, "a buffer of -1", () -> client.setOption(StandardSocketOptions.SO_RCVBUF, -1));
    note(ends, "no linger", () -> client.setOption(StandardSocketOptions.SO_LINGER, null));
    note(ends, "UDP's", () -> client.setOption(StandardSocketOptions.SO_BROADCAST, true));
    note(ends, "asks for UDP's", () -> client.getOption(StandardSocketOptions.SO_BROADCAST));
    note(ends, "what is on", () -> client.getOption(StandardSocketOptions.SO_KEEPALIVE));
    note(ends, "end of output", client::shutdownOutput);
    note(ends, "again", client::shutdownOutput);
    note(ends, "send after it", () -> co.await(client.send(one.duplicate())));
    note(ends, "receive the end", () -> recv(co, server, one.duplicate()));
    note(ends, "again", () -> recv(co, server, one.duplicate()));
    client.close();
    client.close();
    note(ends, "receive when closed", () -> recv(co, client, one.duplicate()));
    note(ends, "send when closed", () -> co.await(client.send(one.duplicate())));
    note(ends, "end of output when closed", client::shutdownOutput);
    note(ends, "set when closed", () -> client.setOption(StandardSocketOptions.SO_LINGER, 1));
    note(ends, "ask when closed", () -> client.getOption(StandardSocketOptions.SO_LINGER));
    note(ends, "where, when closed", () -> client.localAddress().getAddress());
    server.close();
    listener.close();
    listener.close();
    note(ends, "accept when closed", () -> co.await(listener.accept()));
    note(ends, "listens at, when closed", () -> listener.localAddress().equals(taken));
    note(ends, "connect when it is closed", () -> co.await(TcpSocket.connect(taken)));
  }

  private static Object recv(Awaiter co, TcpSocket socket, ByteBuffer target) throws Exception {
    return co.await(socket.recv(target));
  }

  private interface OddCall {
    @Nullable Object call() throws Exception;
  }

  private interface OddAction {
    void run() throws Exception;
  }

  private static void note(List<String> ends, String what, OddAction action) {
    note(
        ends,
        what,
        () -> {
          action.run();
          return "done";
        });
  }

  private static void note(List<String> ends, String what, OddCall call) {
    String end;
    try {
      end = String.valueOf(call.call());
    } catch (Exception e) {
      end = e.getClass().getName();
    }
    ends.add(what + ": " + end);
  }

  @Test
  void aHostOfAnotherSimulationIsRefused() throws Exception {
    List<Host> hosts = new ArrayList<>();
    TestScheduler.run((co, sim) -> hosts.add(sim.network().host("server")));
    Host old = hosts.getFirst();
    TestScheduler.run(
        (co, sim) -> {
          Network network = sim.network();
          Host mine = sim.host();
          List<ThrowingCallable> calls =
              List.of(
                  () -> network.partition(mine, old),
                  () -> network.partitionOneWay(old, mine),
                  () -> network.heal(mine, old),
                  () -> network.reset(old, mine),
                  () -> network.latency(mine, old, Duration.ZERO),
                  () -> network.bandwidth(mine, old, 1),
                  () -> network.mayPartition(mine, old),
                  () -> network.mayCrash(old));
          for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host server is one of another simulation");
          }
          assertThatThrownBy(() -> network.partition(mine, null)).hasMessage("host");
          for (String name : List.of("", " ", "localhost")) {
            assertThatThrownBy(() -> network.host(name))
                .isInstanceOf(IllegalArgumentException.class);
          }
        });
  }

  @Test
  void aHostMayCrashItself() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = sim.network().host("server");
          List<String> said = new ArrayList<>();
          server.start(
              c -> {
                TcpListener _ = TcpListener.bind(new InetSocketAddress(80));
                server.crash();
                said.add("up: " + server.isUp());
                c.await(Timers.sleep(Duration.ofSeconds(1)));
                said.add("it goes on");
              });
          co.await(Timers.sleep(Duration.ofSeconds(2)));
          assertThat(said).containsExactly("up: false");
          assertThat(server.openSockets()).isZero();
        });
  }
}
