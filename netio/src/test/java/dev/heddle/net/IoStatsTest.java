package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.stats.SchedulerStats.Io;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets and bytes in {@code Scheduler.stats()}. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class IoStatsTest {
  @Parameter Kind kind;

  @Test
  void connectionsListenersAndBytesAreCountedWhileTheyAreThere() throws Exception {
    List<Io> seen = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      assertThat(scheduler.stats().io()).isNull();
      kind.spawn(
          scheduler,
          "test",
          co -> {
            TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
            TcpSocket far = co.await(listener.accept());
            co.await(near.send(ByteBuffer.allocate(1000)));
            ByteBuffer target = ByteBuffer.allocate(1000);
            while (target.hasRemaining()) {
              co.await(far.recv(target));
            }
            co.await(far.send(ByteBuffer.allocate(7)));
            seen.add(scheduler.stats().io());
            co.await(near.recv(target.clear()));
            near.close();
            far.close();
            listener.close();
            seen.add(scheduler.stats().io());
          });
      scheduler.run();
    }
    assertThat(seen.getFirst()).isEqualTo(new Io(2, 1, 0, 0, 0, 1000, 1007));
    Io after = seen.getLast();
    assertThat(after.connections()).isZero();
    assertThat(after.listeners()).isZero();
    assertThat(after.bytesIn()).isEqualTo(1007);
    assertThat(after.bytesOut()).isEqualTo(1007);
  }

  @Test
  void aDatagramSocketIsCountedFromItsFirstUseUntilItIsClosed() throws Exception {
    List<Io> seen = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            UdpSocket socket = UdpSocket.bind(Connections.ANY_PORT);
            co.await(socket.send(ByteBuffer.allocate(3), socket.localAddress()));
            seen.add(scheduler.stats().io());
            socket.close();
            seen.add(scheduler.stats().io());
          });
      scheduler.run();
    }
    assertThat(seen).extracting(Io::datagramSockets).containsExactly(1, 0);
    assertThat(seen).extracting(Io::connections).containsExactly(0, 0);
  }

  @Test
  void aClosedConnectionWhosePeerHasNotEndedLingersAndIsOpenNoMore() throws Exception {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      InetSocketAddress at = listener.localAddress();
      try (Socket peer = new Socket(at.getAddress(), at.getPort())) {
        List<Io> seen = new ArrayList<>();
        kind.spawn(
            scheduler,
            "test",
            co -> {
              TcpSocket accepted = co.await(listener.accept());
              co.await(accepted.send(ByteBuffer.allocate(10)));
              accepted.close();
              seen.add(scheduler.stats().io());
            });
        scheduler.run();
        assertThat(seen.getFirst().connections()).isZero();
        assertThat(seen.getFirst().lingering()).isEqualTo(1);
        assertThat(scheduler.stats().io().lingering()).isZero(); // the end of the run has closed it
        assertThat(peer.getInputStream().readAllBytes()).hasSize(10);
      }
    }
  }

  @Test
  void anyThreadSeesHowManyWait() throws Exception {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      Task<?> waits = kind.spawn(scheduler, "waits", co -> co.await(listener.accept()));
      Thread asks =
          Thread.ofPlatform()
              .start(
                  () -> {
                    Until.true_(
                        "it waits",
                        () ->
                            scheduler.stats().io() != null && scheduler.stats().io().waits() == 1);
                    scheduler.runInside(() -> waits.cancel("seen"));
                  });
      scheduler.run();
      Until.ended(asks);
      assertThat(scheduler.stats().io().waits()).isZero();
    }
  }
}
