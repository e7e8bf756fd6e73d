package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link TcpListener} and {@link TcpSocket} by a path instead of a port. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class UnixSocketTest {
  @Parameter Kind kind;
  @TempDir Path folder;

  private UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(folder.resolve("socket"));
  }

  @Test
  void whatOneEndSendsTheOtherReceivesAndThenTheEnd() throws Exception {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(address())) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            TcpSocket near = co.await(TcpSocket.connect(address()));
            TcpSocket far = co.await(listener.accept());
            co.await(near.send(ByteBuffer.wrap(new byte[] {1, 2, 3})));
            near.shutdownOutput();
            ByteBuffer buffer = ByteBuffer.allocate(9);
            assertThat(co.await(far.recv(buffer))).isEqualTo(3);
            assertThat(co.await(far.recv(buffer))).isEqualTo(-1);
            assertThat(near).hasToString("connection to " + address());
            assertThat(far).hasToString("connection from a socket without a path");
            assertThatThrownBy(near::localAddress)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Unix-domain");
            near.close();
            far.close();
          });
      scheduler.run();
    }
    assertThat(folder.resolve("socket")).doesNotExist();
  }

  @Test
  void theFileOfADeadListenerIsReplacedThatOfALiveOneIsNot() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(address());
    }
    assertThat(Files.exists(folder.resolve("socket"))).isTrue();
    try (TcpListener live = TcpListener.bind(address())) {
      assertThatThrownBy(() -> TcpListener.bind(address()).close())
          .isInstanceOf(BindException.class)
          .hasMessage("cannot listen on " + address() + ": in use: somebody listens there");
      assertThat(live.isOpen()).isTrue();
    }
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws Exception {
    Files.writeString(folder.resolve("socket"), "precious");
    assertThatThrownBy(() -> TcpListener.bind(address()).close())
        .isInstanceOf(BindException.class)
        .hasMessageContaining(address() + ": there is a file that is not a socket");
    assertThat(folder.resolve("socket")).hasContent("precious");
  }

  @Test
  void aPathTooLongOrInNoFolderIsRefusedInALineThatNamesIt() {
    for (String name : new String[] {"x".repeat(200), "no/such/folder"}) {
      Path path = folder.resolve(name);
      assertThatThrownBy(() -> TcpListener.bind(UnixDomainSocketAddress.of(path)).close())
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("cannot listen on " + path + ": ");
    }
  }

  @Test
  void connectingWhereNobodyListensIsRefused() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co ->
              assertThatThrownBy(() -> co.await(TcpSocket.connect(address())))
                  .isInstanceOf(IOException.class)
                  .hasMessageStartingWith("cannot connect to " + address()));
      scheduler.run();
    }
  }
}
