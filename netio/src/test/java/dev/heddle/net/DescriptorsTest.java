package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Who closes what: no descriptor outlives its scheduler, nor the call that failed. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class DescriptorsTest {
  @Parameter Kind kind;

  @BeforeAll
  static void useOneSocket() throws IOException {
    ChaosTest.useOneSocket();
  }

  /** The descriptors of this process that are sockets. */
  static long sockets() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "only Linux shows a process's descriptors");
    try (Stream<Path> all = Files.list(descriptors)) {
      return all.filter(DescriptorsTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** An address of a kind that nobody knows. */
  private static final class Strange extends SocketAddress {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aConnectOrABindThatFailsLeavesNoDescriptorHoweverItFails() throws Exception {
    long[] before = {0};
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            UnixDomainSocketAddress tooLong = UnixDomainSocketAddress.of("x".repeat(300));
            assertThatThrownBy(() -> co.await(TcpSocket.connect(tooLong)))
                .isInstanceOf(IOException.class);
            before[0] = sockets();
            for (int i = 0; i < 20; i++) {
              assertThatThrownBy(() -> co.await(TcpSocket.connect(new Strange())))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("must be an InetSocketAddress");
              assertThatThrownBy(() -> co.await(TcpSocket.connect(tooLong)))
                  .isInstanceOf(IOException.class);
              assertThatThrownBy(() -> TcpListener.bind(tooLong).close())
                  .isInstanceOf(IOException.class);
              assertThatThrownBy(
                      () -> TcpListener.bind(new InetSocketAddress("192.0.2.1", 1)).close())
                  .isInstanceOf(IOException.class);
            }
            assertThat(sockets()).isLessThanOrEqualTo(before[0]); // earlier tests' may be gone
          });
      scheduler.run();
    }
  }

  @Test
  void whatASchedulersTasksHaveMadeAndNobodyHasUsedIsClosedAtItsEnd() throws Exception {
    long before = sockets();
    List<Socket> clients = new ArrayList<>();
    Scheduler scheduler = kind.scheduler();
    kind.spawn(
        scheduler,
        "test",
        co -> {
          TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
          TcpListener unused = TcpListener.bind(Connections.ANY_PORT);
          InetSocketAddress at = listener.localAddress();
          for (int i = 0; i < 10; i++) {
            clients.add(new Socket(at.getAddress(), at.getPort()));
            TcpSocket _ = co.await(listener.accept());
            TcpSocket _ = co.await(TcpSocket.connect(at));
          }
          assertThat(unused.isOpen()).isTrue();
        });
    scheduler.run();
    scheduler.close();
    for (Socket client : clients) {
      client.close();
    }
    assertThat(sockets()).isLessThanOrEqualTo(before);
  }

  @Test
  void anAcceptedSocketMayBeUsedByAnotherSchedulerAndOutlivesTheOneThatAcceptedIt()
      throws Exception {
    List<TcpSocket> accepted = new ArrayList<>();
    try (Scheduler second = kind.scheduler()) {
      Scheduler first = kind.scheduler();
      kind.spawn(
          first,
          "acceptor",
          co -> {
            TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
            accepted.add(co.await(TcpSocket.connect(listener.localAddress())));
            accepted.add(co.await(listener.accept()));
          });
      first.run();
      TcpSocket handedOver = accepted.get(1);
      kind.spawn(
          second,
          "user",
          co -> assertThat(co.await(handedOver.send(ByteBuffer.allocate(3)))).isEqualTo(3));
      second.run();
      first.close();
      assertThat(accepted.get(0).isOpen()).isFalse();
      assertThat(handedOver.isOpen()).isTrue();
      handedOver.close();
    }
  }

  @Test
  void spareDescriptorsAreHeldWhileSomebodyListensAndAcceptingWaitsUntilTheyAreAllHeldAgain()
      throws Exception {
    SpareDescriptors spares = new SpareDescriptors();
    spares.listenerOpened();
    spares.listenerOpened();
    assertThat(spares).hasToString("16 of 16 spare descriptors for 2 listeners");
    spares.listenerClosed();
    spares.giveBack();
    assertThat(spares).hasToString("0 of 16 spare descriptors for 1 listeners");
    assertThat(spares.areHeld()).isTrue();
    assertThat(spares).hasToString("16 of 16 spare descriptors for 1 listeners");
    spares.listenerClosed();
    assertThat(spares).hasToString("0 of 0 spare descriptors for 0 listeners");
    assertThat(spares.areHeld()).isTrue();
  }

  /** Fault 17. */
  @Test
  void aClosedListenerRefusesAtOnceAndItsPortIsFreeInTheSameTurn() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
            InetSocketAddress at = listener.localAddress();
            co.await(TcpSocket.connect(at)).close();
            co.await(listener.accept()).close();
            listener.close();
            assertThatThrownBy(
                    () -> Foreign.run(() -> new Socket(at.getAddress(), at.getPort()).close()))
                .isInstanceOf(ConnectException.class);
            TcpListener.bind(at).close();
          });
      scheduler.run();
    }
  }
}
