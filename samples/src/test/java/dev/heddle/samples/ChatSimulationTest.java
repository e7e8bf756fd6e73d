package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.net.SocketReader;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.test.Faults;
import dev.heddle.test.HeddleTest;
import dev.heddle.test.Host;
import dev.heddle.test.Network;
import dev.heddle.test.Simulation;
import dev.heddle.test.VirtualClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The chat on a time and a network that are simulated. */
class ChatSimulationTest {
  private static final int PORT = 5000;
  private static final java.util.logging.Logger LOG =
      java.util.logging.Logger.getLogger("dev.heddle");

  /** Clients that are reset fail, and the server logs that, thousands of times. */
  @BeforeAll
  static void logNothing() {
    LOG.setLevel(java.util.logging.Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(null);
  }

  private static Host server(Network network) {
    Host server = network.host("server");
    server.start(co -> new Chat().serve(co, bind(co)));
    return server;
  }

  private static TcpListener bind(Awaiter co) {
    while (true) {
      try {
        return TcpListener.bind(new InetSocketAddress(PORT));
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(10))); // no descriptor was left
      }
    }
  }

  private static ByteBuffer line(String text) {
    return ByteBuffer.wrap((text + "\n").getBytes(UTF_8));
  }

  @HeddleTest
  void whoNeitherSaysNorHearsALineForFiveMinutesIsShutOut(
      Awaiter co, Network network, VirtualClock clock) throws Exception {
    Host server = server(network);
    co.await(Timers.sleep(Duration.ofMillis(1)));
    try (TcpSocket silent = co.await(TcpSocket.connect(server.address(PORT)));
        TcpSocket talker = co.await(TcpSocket.connect(server.address(PORT)))) {
      Duration begin = clock.elapsed();
      Task<Duration> end =
          Scheduler.current()
              .submit(
                  "silent",
                  c -> {
                    int count = 0;
                    while (count >= 0) {
                      count = c.await(silent.recv(ByteBuffer.allocate(100)));
                    }
                    return clock.elapsed().minus(begin);
                  });
      co.await(Timers.sleep(Duration.ofMinutes(4)));
      co.await(talker.send(line("is anybody here?"))); // which the silent one hears
      co.await(Timers.sleep(Duration.ofMinutes(5).minusSeconds(1)));
      assertThat(end.isDone()).isFalse();
      assertThat(co.await(end.join())).isBetween(Duration.ofMinutes(9), Duration.ofSeconds(541));
      assertThat(talker.isOpen()).isTrue();
    }
  }

  /** Two talk and two listen; a listener hears of each talker what it said, once and in order. */
  @HeddleTest(seeds = 100)
  void whateverTheNetworkDoesEachLineComesOnceAndInOrder(
      Awaiter co, Network network, Simulation sim) throws Exception {
    network.faults(Faults.ROUGH);
    Host server = server(network);
    List<Task<?>> listeners = new ArrayList<>();
    try (TaskGroup<?> talkers = TaskGroup.supervisor()) {
      for (int i = 0; i < 2; i++) {
        listeners.add(sim.scheduler().submit("listener " + i, c -> listen(c, server)));
        String name = "talker " + i;
        talkers.spawn(name, c -> talk(c, server, name));
      }
      co.await(talkers.join());
    }
    co.await(Timers.sleep(Duration.ofMinutes(1)));
    network.calm();
    for (Task<?> listener : listeners) {
      co.await(listener.join()); // at the latest when the server finds it idle
    }
  }

  private static TcpSocket connect(Awaiter co, Host server) {
    while (true) {
      try {
        return co.await(TcpSocket.connect(server.address(PORT)));
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(100)));
      }
    }
  }

  private static void talk(Awaiter co, Host server, String name) {
    try (TcpSocket socket = connect(co, server)) {
      for (int i = 0; i < 8; i++) {
        co.await(socket.send(line(name + ": " + i)));
      }
    } catch (IOException e) {
      // the rest of what it wanted to say is lost
    }
  }

  /** Checks each line that it hears until its connection ends. */
  private static boolean listen(Awaiter co, Host server) {
    int[] next = {0, 0};
    try (TcpSocket socket = connect(co, server)) {
      SocketReader reader = new SocketReader(socket);
      String heard;
      while ((heard = co.await(reader.readLine(UTF_8))) != null) {
        assertThat(heard).matches("talker [01]: [0-7]");
        int talker = heard.charAt(7) - '0';
        int number = heard.charAt(10) - '0';
        // It may have come in the middle; from then on it misses none.
        assertThat(number).as("%s", heard).isGreaterThanOrEqualTo(next[talker]);
        assertThat(next[talker] == 0 || number == next[talker]).as("%s", heard).isTrue();
        next[talker] = number + 1;
      }
    } catch (IOException e) {
      // reset: what it has heard was right
    }
    return true;
  }
}
