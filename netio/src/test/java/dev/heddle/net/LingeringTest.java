package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets that are closed while what they sent is on its way. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LingeringTest {
  @Parameter Kind kind;

  @BeforeAll
  static void useOneSocket() throws IOException {
    ChaosTest.useOneSocket();
  }

  /** Peers that are answered, and never end, must not pile up descriptors. */
  @Test
  void ofSocketsWhosePeersNeverEnd256LingerAndTheEndOfTheRunClosesThem() throws Exception {
    int clients = Reactor.MOST_LINGERING + 50;
    long before = DescriptorsTest.sockets();
    List<Socket> peers = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            InetSocketAddress at = listener.localAddress();
            for (int i = 0; i < clients; i++) {
              peers.add(new Socket(at.getAddress(), at.getPort()));
              TcpSocket accepted = co.await(listener.accept());
              co.await(accepted.send(ByteBuffer.allocate(10)));
              accepted.setLinger(Duration.ofHours(1)); // none is over when all are there
              accepted.close();
            }
            for (int i = 0; i < 200; i++) {
              co.await(Task.yield()); // a poll gives the descriptors of closed channels back
            }
            assertThat(DescriptorsTest.sockets() - before)
                .isBetween((long) clients + 250, (long) clients + Reactor.MOST_LINGERING + 5);
            for (Socket peer : peers) {
              byte[] received = peer.getInputStream().readAllBytes();
              assertThat(received).hasSize(10);
            }
          });
      scheduler.run();
    }
    for (Socket peer : peers) {
      peer.close();
    }
    assertThat(DescriptorsTest.sockets()).isLessThanOrEqualTo(before);
  }

  @Test
  void whatTheSystemHasTakenArrivesAlsoIfTheRunEndsAtOnceAndInputWasNotRead() throws Exception {
    int[] sent = {0};
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
        Socket peer = new Socket()) {
      peer.connect(listener.localAddress());
      peer.getOutputStream().write(new byte[1000]);
      kind.spawn(
          scheduler,
          "test",
          co -> {
            TcpSocket accepted = co.await(listener.accept());
            co.await(accepted.readable());

            int taken = accepted.trySend(ByteBuffer.allocate(1 << 20));
            accepted.close();
            sent[0] = taken;
          });
      scheduler.run();
      scheduler.close();
      assertThat(sent[0]).isPositive();
      assertThat(peer.getInputStream().readAllBytes()).hasSize(sent[0]);
    }
  }
}
