package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who has ended a connection is told by the type of the failure, and where it led to by its text.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ConnectionEndTest {
  @Parameter Kind kind;

  /** What a test does with a connection to a client of the JDK's that can reset it. */
  private interface WithClient {
    void use(Awaiter co, TcpSocket socket, Socket client) throws Exception;
  }

  private void withClient(WithClient test) throws IOException {
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            var at = listener.localAddress();
            try (Socket client = new Socket(at.getAddress(), at.getPort());
                TcpSocket socket = co.await(listener.accept())) {
              test.use(co, socket, client);
            }
          });
      scheduler.run();
    }
  }

  /** With a linger of 0 the system sends a reset instead of the end. */
  private static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  @Test
  void aConnectionThatThePeerResetsNamesThePeer() throws Exception {
    withClient(
        (co, socket, client) -> {
          String peer = "127.0.0.1:" + client.getLocalPort();
          reset(client);
          assertThatThrownBy(() -> co.await(socket.recv(ByteBuffer.allocate(10))))
              .isExactlyInstanceOf(SocketResetException.class)
              .hasMessage("connection from " + peer + ": Connection reset");
          assertThatThrownBy(() -> co.await(socket.send(bytes("x"))))
              .isExactlyInstanceOf(SocketResetException.class)
              .hasMessage("connection from " + peer + ": Broken pipe");
        });
  }

  @Test
  void aReaderThatWaitsWhenThePeerResetsIsToldSo() throws Exception {
    withClient(
        (co, socket, client) -> {
          kind.spawn(
              co.task().scheduler(),
              "resetter",
              other -> {
                other.await(Timers.sleep(Duration.ofMillis(5)));
                reset(client);
              });
          assertThatThrownBy(() -> co.await(socket.recv(ByteBuffer.allocate(10))))
              .isExactlyInstanceOf(SocketResetException.class)
              .hasMessageContaining("Connection reset");
        });
  }

  @Test
  void aConnectionThatThisSideHasClosedSaysSo() throws Exception {
    withClient(
        (co, socket, client) -> {
          socket.close();
          assertThatThrownBy(() -> co.await(socket.recv(ByteBuffer.allocate(10))))
              .isExactlyInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith(client.getLocalPort() + " is closed: closed by its owner");
        });
  }

  @Test
  void aConnectionWhoseOutputThisSideHasEndedSaysSo() throws Exception {
    withClient(
        (co, socket, client) -> {
          socket.shutdownOutput();
          assertThatThrownBy(() -> co.await(socket.send(bytes("x"))))
              .isExactlyInstanceOf(SocketClosedException.class)
              .hasMessageContaining(client.getLocalPort() + ": this side has ended its output");
        });
  }

  @Test
  void aConnectionWhoseTimeIsOverSaysSo() throws Exception {
    withClient(
        (co, socket, client) -> {
          Scheduler scheduler = co.task().scheduler();

          scheduler.setDeadline(socket, scheduler.nanoTime() + 1_000_000);
          assertThatThrownBy(() -> co.await(socket.recv(ByteBuffer.allocate(10))))
              .isExactlyInstanceOf(SocketTimedOutException.class)
              .hasMessageEndingWith(client.getLocalPort() + " is closed: its time is over");
          assertThatThrownBy(() -> co.await(socket.send(bytes("x"))))
              .isExactlyInstanceOf(SocketTimedOutException.class);
        });
  }

  @Test
  void aWaitWithALimitOfItsOwnLeavesTheConnectionOpen() throws Exception {
    withClient(
        (co, socket, client) -> {
          assertThatThrownBy(
                  () -> co.await(socket.recv(ByteBuffer.allocate(10)).within(Duration.ofMillis(1))))
              .isInstanceOf(TimeoutException.class);
          assertThat(socket.isOpen()).isTrue();
        });
  }

  /** The JDK tells these by their words alone. */
  @Test
  void whatTheSystemSaysDecidesTheType() {
    assertThat(Addresses.explained(new SocketException("Connection timed out"), "x"))
        .isExactlyInstanceOf(SocketTimedOutException.class);
    assertThat(Addresses.explained(new ConnectException("Connection timed out"), "x"))
        .isExactlyInstanceOf(SocketTimedOutException.class);
    assertThat(Addresses.explained(new ConnectException("Connection refused"), "x"))
        .isExactlyInstanceOf(ConnectException.class);
    assertThat(Addresses.explained(new IOException("No route to host"), "x"))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("x: No route to host");
  }

  /** As one writes them, also where the JDK writes all eight groups and a slash. */
  @Test
  void addressesInMessagesAreShort() throws Exception {
    InetAddress six = InetAddress.getByName("::1");
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(new InetSocketAddress(six, 0))) {
      String place = "[::1]:" + listener.localAddress().getPort();
      kind.spawn(
          scheduler,
          "test",
          co -> {
            assertThat(listener).hasToString("listener on " + place);
            assertThat(listener.accept().describe()).endsWith("listener on " + place);
            TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
            TcpSocket far = co.await(listener.accept());
            assertThat(near).hasToString("connection to " + place);
            assertThat(far.toString()).startsWith("connection from [::1]:");
            near.close();
            far.close();
            assertThatThrownBy(() -> co.await(TcpSocket.connect(new InetSocketAddress(six, 1))))
                .hasMessage("cannot connect to [::1]:1: Connection refused");
          });
      scheduler.run();
    } catch (BindException none) {
      abort("this machine has no IPv6");
    }
  }
}
