package dev.heddle.test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.view.TurnOrder.ReadyTasks;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the classes of a simulation call an invariant, quoted from there, and broken. */
class TestkitInvariantsTest {
  private static final int PORT = 80;
  private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();

  private final World world = new World(Choices.calm(), Long.MAX_VALUE);
  private final SimulatedPoller poller = new SimulatedPoller(world, () -> {});
  private final Network network = new Network(world, failure -> {});
  private final Host near = network.host("near");
  private final Host far = network.host("far");
  private final SimulatedProvider provider = new SimulatedProvider(far, poller);

  private SimulatedConnection connection() {
    return new SimulatedConnection(network, near, near.address(1), far, far.address(PORT));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /** World: "One of the loops has the turn, as long as there are any." */
  @Test
  void oneOfTheLoopsHasTheTurn() {
    SimulatedPoller other = new SimulatedPoller(world, () -> {});
    world.add(poller);
    world.add(other);
    assertThatThrownBy(() -> world.poll(other, 0))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a loop polls whose turn it is not");
    assertThatThrownBy(() -> world.add(other))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a loop comes twice");
    Fields.set(world, "turn", new SimulatedPoller(world, () -> {}));
    assertThatThrownBy(() -> world.add(new SimulatedPoller(world, () -> {})))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("world of 3 loops");
  }

  /** World: "The clock never goes back." */
  @Test
  void theClockNeverGoesBack() {
    assertThatThrownBy(() -> world.after(-1, () -> {}))
        .isInstanceOf(AssertionError.class)
        .hasMessage("-1 ns from now is in the past");
    assertThatThrownBy(() -> world.clock.advanceNanos(-1))
        .isInstanceOf(AssertionError.class)
        .hasMessage("virtual time PT0S cannot go on by -1 ns");
  }

  /**
   * SimulatedConnection: "what is on the wire and what has arrived are no more than the window".
   */
  @Test
  void whatIsOnTheWireIsNoMoreThanTheWindow() throws Exception {
    SimulatedConnection.Side server = connection().server;
    SimulatedConnection.Side client = server.peer();
    assertThat(client.write(bytes("hello"))).isEqualTo(5);
    assertThat(Fields.<Integer>get(server, "onTheWire")).isEqualTo(5);
    Fields.set(server, "onTheWire", 4);
    assertThatThrownBy(() -> client.write(bytes("h"))).isInstanceOf(AssertionError.class);
    Fields.set(server, "onTheWire", SimulatedConnection.WINDOW + 1);
    assertThatThrownBy(() -> client.write(bytes("h")))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith("has sent 1 bytes more than the window");
  }

  /**
   * SimulatedConnection: "No packet arrives before one that was sent earlier": nor with it, if it
   * takes for ever.
   */
  @Test
  void whatTakesForEverDoesNotArriveWithWhatWasSentBefore() throws Exception {
    StringBuilder got = new StringBuilder();
    Choices longest = Choices.by((kind, n, who) -> kind.equals("how long") ? n - 1 : 0);
    TestScheduler.builder()
        .choices(longest)
        .run(
            (co, sim) -> {
              Host server = sim.network().host("server");
              server.start(
                  c -> {
                    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT));
                        TcpSocket socket = c.await(listener.accept())) {
                      ByteBuffer buffer = ByteBuffer.allocate(10);
                      while (c.await(socket.recv(buffer)) > 0) {
                        got.append(US_ASCII.decode(buffer.flip()));
                        buffer.clear();
                      }
                    }
                  });
              co.await(Timers.sleep(Duration.ofMillis(1)));
              TcpSocket socket = co.await(TcpSocket.connect(server.address(PORT)));
              co.await(socket.send(bytes("one")));
              sim.network().latency(FOR_EVER);
              sim.network()
                  .faults(Faults.NONE.withDelays(1, FOR_EVER)); // and the sum of both is longer
              co.await(socket.send(bytes("two")));
              co.await(Timers.sleep(Duration.ofSeconds(1)));
              sim.network().heal(); // all that waits is tried again
              co.await(Timers.sleep(Duration.ofSeconds(1)));
              assertThat(got).hasToString("one");
            });
  }

  /** SimulatedSocket: "has its end of a connection, or a failure, or neither, and never both". */
  @Test
  void aSocketHasAConnectionOrAFailure() {
    SimulatedSocket socket = new SimulatedSocket(provider);
    Fields.set(socket, "failure", new java.net.ConnectException("Connection refused"));
    assertThatThrownBy(() -> socket.serves(connection())).isInstanceOf(AssertionError.class);
    SimulatedSocket other = new SimulatedSocket(provider);
    other.serves(connection());
    assertThatThrownBy(() -> other.serves(connection()))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith("is connected twice");
  }

  /** SimulatedSelector: "A key is selected only while it is one of the keys." */
  @Test
  void aKeyIsSelectedOnlyWhileItIsOneOfTheKeys() throws Exception {
    try (AbstractSelector selector = provider.openSelector();
        ServerSocketChannel listener = provider.openServerSocketChannel()) {
      var _ = listener.bind(far.address(PORT)).configureBlocking(false);
      SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
      ((SimulatedListener) listener).add(connection());
      assertThat(selector.selectNow()).isEqualTo(1);
      assertThat(selector.selectedKeys()).containsExactly(key);
      key.cancel();
      assertThat(selector.selectNow()).isZero();
      assertThat(selector.selectedKeys()).isEmpty();
      selector.selectedKeys().add(key);
      assertThatThrownBy(selector::selectNow)
          .isInstanceOf(AssertionError.class)
          .hasMessage("a key is selected that is cancelled");
    }
  }

  /** SimulatedListener: "connections wait only at a listener that has a port". */
  @Test
  void connectionsWaitOnlyAtAListenerThatHasAPort() throws Exception {
    try (ServerSocketChannel listener = provider.openServerSocketChannel()) {
      SimulatedListener simulated = (SimulatedListener) listener;
      assertThatThrownBy(() -> simulated.add(connection())).isInstanceOf(AssertionError.class);
    }
    try (ServerSocketChannel listener = provider.openServerSocketChannel()) {
      var _ = listener.bind(far.address(PORT));
      assertThatThrownBy(() -> listener.bind(far.address(PORT + 1)))
          .isInstanceOf(AlreadyBoundException.class); // else it would have two ports
      assertThat(far.listenerAt(PORT)).isSameAs(listener);
      assertThat(far.listenerAt(PORT + 1)).isNull();
    }
    assertThat(far.listenerAt(PORT)).isNull();
  }

  /** Host: "A channel counts as one of the open ones once". */
  @Test
  void aChannelCountsAsOneOfTheOpenOnesOnce() throws Exception {
    SimulatedSocket socket = (SimulatedSocket) provider.openSocketChannel();
    assertThat(far.openSockets()).isEqualTo(1);
    assertThatThrownBy(() -> far.opened(socket, "socket"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("far has 1 channels open");
    socket.close();
    assertThat(far.openSockets()).isZero();
  }

  /** Choices: "each choice that is recorded is of two or more ways, and one of them was taken". */
  @Test
  void oneOfTheWaysWasTaken() {
    ReadyTasks two =
        new ReadyTasks() {
          @Override
          public int size() {
            return 2;
          }

          @Override
          public Task<?> get(int place) {
            throw new AssertionError("there is no task " + place);
          }

          @Override
          public long nanosUntilDeadline() {
            return Long.MAX_VALUE;
          }
        };
    assertThatThrownBy(() -> Choices.by((kind, n, who) -> n).turn(two))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the search has answered 3 of 2");
    assertThatThrownBy(() -> Choices.by((kind, n, who) -> -1).turn(two))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the search has answered -1 of 2");
  }

  /** FewDeviations: "no run deviates oftener than that". */
  @Test
  void noRunDeviatesOftener() {
    Search.FewDeviations never = new Search.FewDeviations(0, false);
    assertThat(never.begins(1)).isTrue();
    Choices deviating = Choices.by((kind, n, who) -> n - 1);
    assertThat(deviating.choose("a way", 2, "the test")).isEqualTo(1);
    assertThatThrownBy(() -> never.ends(deviating))
        .isInstanceOf(AssertionError.class)
        .hasMessage("1 deviations, 0 deviations at most");
  }

  /** Sequencer: "each part before the next one has begun, and none behind it". */
  @Test
  void eachPartBeforeTheNextOneHasBegun() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Sequencer order = new Sequencer();
          try (var part = co.await(order.part(0))) {
            assertThat(Fields.<Set<Integer>>get(order, "begun")).containsExactly(0);
            Fields.set(order, "next", 5);
            assertThatThrownBy(() -> co.await(order.part(5))).isInstanceOf(AssertionError.class);
            Fields.set(order, "next", 0);
          }
        });
  }
}
