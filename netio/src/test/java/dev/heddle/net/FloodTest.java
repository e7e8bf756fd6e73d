package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Until;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 23, fault 6: input without end holds up nobody. */
class FloodTest {
  @ParameterizedTest
  @EnumSource
  void clientsThatGoOnAfterTheErrorGetTurnsOfTheirOwnAndTheOthersToo(EchoServer.Style style)
      throws Exception {
    try (Scheduler scheduler = Scheduler.create()) {
      EchoServer server =
          EchoServer.open(scheduler, Connections.ANY_PORT, style, ServerLimits.DEFAULT);
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> floods = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        floods.add(Thread.ofPlatform().start(() -> flood(server.localAddress(), over)));
      }
      Until.true_("some are rejected", () -> server.stats().rejected() > 2);
      try (Socket other = connect(server.localAddress());
          BufferedReader in =
              new BufferedReader(new InputStreamReader(other.getInputStream(), US_ASCII))) {
        for (int i = 0; i < 300; i++) {
          other.getOutputStream().write("hello\n".getBytes(US_ASCII));
          assertThat(in.readLine()).isEqualTo("GOT:hello");
        }
      }
      over.set(true);
      for (Thread flood : floods) {
        flood.join();
      }
      server.shutdown();
      loop.join();
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    return new Socket(address.getAddress(), address.getPort());
  }

  private static void flood(InetSocketAddress address, AtomicBoolean over) {
    byte[] much = new byte[1 << 20];
    while (!over.get()) {
      try (Socket socket = connect(address)) {
        while (!over.get()) {
          socket.getOutputStream().write(much);
        }
      } catch (IOException e) {
        // it is cut, and comes again
      }
    }
  }
}
