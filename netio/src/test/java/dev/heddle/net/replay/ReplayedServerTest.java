package dev.heddle.net.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.DeadPort;
import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that was recorded serves the same clients again, and none of them is there. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ReplayedServerTest {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
  private static final int CLIENTS = 6;
  private static final int LINES = 20;

  @Parameter Kind kind;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("echo.heddle");
  }

  private EchoServer.Style style() {
    return switch (kind.style()) {
      case THREAD -> EchoServer.Style.THREAD;
      case COROUTINE, WOVEN -> EchoServer.Style.COROUTINE;
      case STEP -> EchoServer.Style.STEP;
    };
  }

  /** What a server's run needs of the outside. */
  private interface World {
    void begin(EchoServer server) throws IOException;
  }

  /** Runs an echo server until it is shut down; gives each turn and each end. */
  private List<String> serve(SchedulerBuilder builder, World world) throws IOException {
    List<String> seen = new ArrayList<>();
    builder.observer(event -> seen.add(event.task() + " " + event.what()));
    try (Scheduler scheduler = builder.name("echo").build()) {
      EchoServer server = EchoServer.open(scheduler, ANY_PORT, style(), ServerLimits.DEFAULT);
      seen.add("at " + server.localAddress());
      world.begin(server);
      scheduler.run();
      seen.add(server.stats().toString());
    }
    return seen;
  }

  private static void talk(InetSocketAddress address, int number) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      InputStream answers = socket.getInputStream();
      for (int i = 0; i < LINES; i++) {
        byte[] line =
            (number + " says " + "x".repeat(i * i * number) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(line, 0, 3); // so that lines come in parts
        socket.getOutputStream().write(line, 3, line.length - 3);
        byte[] answer = answers.readNBytes(line.length + 4);
        assertThat(new String(answer, StandardCharsets.UTF_8))
            .isEqualTo("GOT:" + new String(line, StandardCharsets.UTF_8));
      }
      if (number % 3 == 0) {
        socket.setSoLinger(true, 0); // a reset
        socket.getOutputStream().write("unfinished".getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static void talkAndShutDown(EchoServer server) {
    InetSocketAddress address = server.localAddress();
    var _ =
        Foreign.start(
            "clients",
            () -> {
              try {
                List<FutureTask<Void>> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                  int number = i;
                  clients.add(Foreign.start("client " + i, () -> talk(address, number)));
                }
                for (FutureTask<Void> client : clients) {
                  var _ = Foreign.get(client);
                }
              } finally {
                server.shutdown();
              }
            });
  }

  @Test
  @Holds("R3")
  void clientsAreServedAgainWithoutANetwork() throws IOException {
    List<String> recorded =
        serve(kind.builder().record(file()), ReplayedServerTest::talkAndShutDown);
    assertThat(recorded).hasSizeGreaterThan(CLIENTS * LINES);
    List<String> replayed =
        serve(
            kind.builder().replay(file()),
            server -> {
              var _ = Foreign.start("shutdown", server::shutdown);
            });
    assertThat(replayed).isEqualTo(recorded);
  }

  @Test
  @Holds("R3")
  void anotherAnswerIsADivergenceThatIsNamed() throws IOException {
    String[] answer = {"right"};
    interface Run {
      void run(SchedulerBuilder builder, boolean talks) throws Exception;
    }
    Run run =
        (builder, talks) ->
            builder.run(
                co -> {
                  try (TcpListener listener = TcpListener.bind(ANY_PORT)) {
                    InetSocketAddress address = listener.localAddress();
                    if (talks) {
                      var _ =
                          Foreign.start(
                              "client",
                              () -> {
                                try (Socket socket =
                                    new Socket(address.getAddress(), address.getPort())) {
                                  byte[] _ = socket.getInputStream().readAllBytes();
                                }
                              });
                    }
                    try (TcpSocket socket = co.await(listener.accept())) {
                      co.await(
                          socket.sendAll(
                              ByteBuffer.wrap(answer[0].getBytes(StandardCharsets.UTF_8))));
                    }
                  }
                });
    try {
      run.run(Scheduler.builder().record(file()), true);
      run.run(Scheduler.builder().replay(file()), false);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    answer[0] = "wrong";
    assertThatThrownBy(() -> run.run(Scheduler.builder().replay(file()), false))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the recording has other bytes, the program asked for a write on");
  }

  /** Connects, says a line, reads the answer; then connects where nobody listens. */
  private List<String> ask(SchedulerBuilder builder, InetSocketAddress address, int dead) {
    List<String> seen = new ArrayList<>();
    try (Scheduler scheduler = builder.build()) {
      kind.spawn(
          scheduler,
          "client",
          co -> {
            try (TcpSocket socket = co.await(TcpSocket.connect(address))) {
              seen.add("from " + socket.localAddress());
              co.await(socket.sendAll(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8))));
              ByteBuffer answer = ByteBuffer.allocate(100);
              int count = co.await(socket.recv(answer));
              seen.add(new String(answer.array(), 0, count, StandardCharsets.UTF_8));
              seen.add("at " + scheduler.nanoTime());
            }
            try {
              co.await(TcpSocket.connect(new InetSocketAddress("127.0.0.1", dead))).close();
            } catch (IOException e) {
              seen.add(e.toString());
            }
          });
      scheduler.run();
    }
    return seen;
  }

  @Test
  @Holds("R3")
  void aClientIsAnsweredAgainWithoutItsServer() throws Exception {
    int dead;
    List<String> recorded;
    InetSocketAddress address;
    try (DeadPort nobody = new DeadPort();
        ServerSocket server = new ServerSocket(0, 50, ANY_PORT.getAddress())) {
      dead = nobody.port();
      address = new InetSocketAddress(ANY_PORT.getAddress(), server.getLocalPort());
      FutureTask<Void> answers =
          Foreign.start(
              "server",
              () -> {
                try (Socket client = server.accept()) {
                  byte[] line = client.getInputStream().readNBytes(6);
                  client.getOutputStream().write(line);
                }
              });
      recorded = ask(kind.builder().record(file()), address, dead);
      var _ = Foreign.get(answers);
    }
    assertThat(recorded).hasSize(4).contains("hello\n");
    assertThat(recorded.getLast()).contains("refused");
    assertThat(ask(kind.builder().replay(file()), address, dead)).isEqualTo(recorded);
    InetSocketAddress other = new InetSocketAddress(address.getAddress(), address.getPort() ^ 1);
    assertThatThrownBy(() -> ask(kind.builder().replay(file()), other, dead))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageMatching(
            ".* it diverged at event \\d+: the recording has a connect of socket 1 with 127.0.0.1"
                + " \\d+, the program asked for a connect of socket 1 with .*");
  }

  /** More than the system takes at once: the writes are short, and what is left follows. */
  @Test
  @Holds("R3")
  void aMessageThatGoesOutInPartsDoesSoAgain() throws Exception {
    byte[] message = new byte[16 << 20];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) (i * 31 + (i >> 16));
    }
    byte[][] arrived = new byte[1][];
    InetSocketAddress address;
    List<String> recorded;
    try (ServerSocket server = new ServerSocket(0, 50, ANY_PORT.getAddress())) {
      address = new InetSocketAddress(ANY_PORT.getAddress(), server.getLocalPort());
      FutureTask<Void> reader =
          Foreign.start(
              "reader",
              () -> {
                try (Socket client = server.accept()) {
                  arrived[0] = client.getInputStream().readAllBytes();
                }
              });
      recorded = send(kind.builder().record(file()), address, message);
      var _ = Foreign.get(reader);
      assertThat(arrived[0]).isEqualTo(message);
    }
    assertThat(send(kind.builder().replay(file()), address, message)).isEqualTo(recorded);
  }

  private List<String> send(SchedulerBuilder builder, InetSocketAddress address, byte[] message) {
    List<String> seen = new ArrayList<>();
    builder.observer(event -> seen.add(event.task() + " " + event.what()));
    try (Scheduler scheduler = builder.build()) {
      kind.spawn(
          scheduler,
          "sender",
          co -> {
            try (TcpSocket socket = co.await(TcpSocket.connect(address))) {
              co.await(socket.sendAll(ByteBuffer.wrap(message)));
            }
          });
      scheduler.run();
    }
    return seen;
  }
}
