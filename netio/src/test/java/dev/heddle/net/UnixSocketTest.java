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
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

  /** Row 25: what is no dead socket of our own stays where it is. */
  @Test
  void aFifoADeviceAFolderAndALinkAreLeftAlone() throws Exception {
    Path path = folder.resolve("socket");
    List<String[]> makers = new ArrayList<>();
    makers.add(new String[] {"mkfifo", path.toString()});
    makers.add(new String[] {"mkdir", path.toString()});
    makers.add(new String[] {"ln", "-s", "/no/where", path.toString()});
    for (String[] maker : makers) {
      assertThat(new ProcessBuilder(maker).start().waitFor()).isZero();
      for (ListenOptions options : modes()) {
        assertThatThrownBy(() -> TcpListener.bind(address(), options).close())
            .as("%s", (Object) maker)
            .isInstanceOf(BindException.class)
            .hasMessageContaining("there is a file that is not a socket");
      }
      assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
      Files.delete(path);
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static List<ListenOptions> modes() {
    return List.of(ListenOptions.DEFAULT, ListenOptions.DEFAULT.withFileMode("rw-------"));
  }

  @Test
  void aListenerWhoseQueueIsFullIsLiveAndTheLookDoesNotBlock() throws Exception {
    try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      live.bind(address(), 1);
      List<SocketChannel> queue = new ArrayList<>();
      boolean full = false;
      while (!full) {
        SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
        queue.add(next);
        next.configureBlocking(false);
        try {
          full = !next.connect(address());
        } catch (IOException e) {
          full = true;
        }
      }
      for (ListenOptions options : modes()) {
        assertThatThrownBy(() -> TcpListener.bind(address(), options).close())
            .isInstanceOf(BindException.class)
            .hasMessageContaining(address() + ": in use");
      }
      for (SocketChannel each : queue) {
        each.close();
      }
    }
    assertThat(folder.resolve("socket")).exists();
  }

  @Test
  void theFileHasItsModeFromTheBeginningAndReplacesADeadOne() throws Exception {
    ListenOptions options = ListenOptions.DEFAULT.withFileMode("rw-rw----");
    for (int i = 0; i < 2; i++) {
      try (TcpListener listener = TcpListener.bind(address(), options)) {
        assertThat(listener.isOpen()).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
            .isEqualTo("rw-rw----");
      }
      assertThat(folder).isEmptyDirectory();
      try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        dead.bind(address());
      }
    }
    assertThatThrownBy(() -> ListenOptions.DEFAULT.withFileMode("0660"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'0660'");
  }

  private Path file() {
    return folder.resolve("socket");
  }

  @Test
  void ofManyWhoReplaceADeadSocketAtOnceOneListensAndItsFileStays() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        dead.bind(address());
      }
      List<TcpListener> bound = Collections.synchronizedList(new ArrayList<>());
      List<Throwable> others = Collections.synchronizedList(new ArrayList<>());
      List<Thread> threads = new ArrayList<>();
      CountDownLatch go = new CountDownLatch(1);
      for (int i = 0; i < 6; i++) {
        ListenOptions options = modes().get(i % 2);
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        go.await();
                        bound.add(TcpListener.bind(address(), options));
                      } catch (BindException e) {
                        // another was quicker
                      } catch (Exception e) {
                        others.add(e);
                      }
                    }));
      }
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(others).isEmpty();
      assertThat(bound).hasSize(1);
      assertThat(file()).exists();
      bound.getFirst().close();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aListenerDeletesItsOwnFileOnlyAndItsSchedulersEndDoesSoToo() throws Exception {
    Scheduler scheduler = kind.scheduler();
    kind.spawn(
        scheduler,
        "test",
        co -> {
          TcpListener old = TcpListener.bind(address());
          Files.delete(file());
          TcpListener fresh = TcpListener.bind(address());
          old.close();
          co.await(TcpSocket.connect(address())).close();
          co.await(fresh.accept()).close();
        });
    scheduler.run();
    assertThat(file()).exists();
    scheduler.close();
    assertThat(file()).doesNotExist();
  }
}
