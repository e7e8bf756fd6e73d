package dev.heddle.net.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.net.Server;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.TlsOptions;
import dev.heddle.net.TlsSocket;
import dev.heddle.net.UdpSocket;
import dev.heddle.process.JobProcess;
import dev.heddle.process.ProcessOptions;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be repeated is refused where it begins, by a line that says so. */
class RecordedRefusalsTest {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("run.heddle");
  }

  private static String refusal(String what) {
    return "a recorded scheduler has no " + what + ": only TCP is recorded";
  }

  private void isRefused(String what, TaskBody body) {
    assertThatThrownBy(() -> Scheduler.builder().record(file()).run(body))
        .message()
        .endsWith(refusal(what))
        .hasLineCount(1);
  }

  @Test
  @Holds("R3")
  void udpSocketsAreRefused() {
    isRefused(
        "UDP sockets",
        co -> {
          UdpSocket _ = UdpSocket.bind(ANY_PORT);
        });
  }

  @Test
  @Holds("R3")
  void unixDomainSocketsAreRefused() {
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("socket"));
    isRefused(
        "Unix-domain sockets",
        co -> {
          TcpListener _ = TcpListener.bind(path);
        });
    isRefused("Unix-domain sockets", co -> co.await(TcpSocket.connect(path)).close());
    serverIsRefused("Unix-domain sockets", path, builder -> builder);
  }

  /** What is set of a server. */
  private interface Setting {
    ServerBuilder set(ServerBuilder builder);
  }

  private void serverIsRefused(String what, SocketAddress address, Setting setting) {
    try (Scheduler scheduler = Scheduler.builder().record(file()).build()) {
      ServerBuilder builder = Server.on(scheduler, (connection, co) -> {});
      assertThatThrownBy(() -> setting.set(builder).bind(List.of(address)))
          .hasMessage(refusal(what));
    }
  }

  @Test
  @Holds("R3")
  void tlsIsRefusedBeforeAClientComes() throws Exception {
    TlsOptions options = TlsOptions.forServer(SSLContext.getDefault());
    serverIsRefused("TLS sockets", ANY_PORT, builder -> builder.tls(options));
    isRefused(
        "TLS sockets",
        co -> {
          try (TcpListener listener = TcpListener.bind(ANY_PORT)) {
            InetSocketAddress address = listener.localAddress();
            FutureTask<Void> client =
                Foreign.start(
                    "client",
                    () -> {
                      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                        int _ = socket.getInputStream().read();
                      }
                    });
            try (TcpSocket socket = co.await(listener.accept())) {
              co.await(TlsSocket.server(socket, options)).close();
            } finally {
              var _ = client;
            }
          }
        });
  }

  @Test
  @Holds("R3")
  void connectionsOnOtherLoopsAreRefused() {
    try (SchedulerGroup group = SchedulerGroup.open(2)) {
      serverIsRefused("connections on other loops", ANY_PORT, builder -> builder.dealTo(group));
    }
  }

  @Test
  @Holds("R3")
  void childProcessesAreRefusedAsTheyTalkByUnixDomainSockets() {
    isRefused(
        "Unix-domain sockets",
        co -> {
          Scheduler scheduler = co.task().scheduler();
          int _ =
              co.await(
                  JobProcess.start(
                          scheduler, ProcessOptions.DEFAULT, RecordedRefusalsTest::twice, 21)
                      .join());
        });
  }

  private static Integer twice(Integer number) {
    return 2 * number;
  }

  @Test
  @Holds("R3")
  void aListenerThatNoTaskHasBoundIsRefused() throws IOException {
    try (TcpListener listener = TcpListener.bind(ANY_PORT)) {
      assertThatThrownBy(
              () ->
                  Scheduler.builder().record(file()).run(co -> co.await(listener.accept()).close()))
          .hasMessage(
              "a recorded scheduler cannot use a socket that none of its tasks has opened, as the"
                  + " socket's calls are not recorded");
    }
    assertThat(file()).exists();
  }
}
