package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The chat with a client that never reads; the command's output is in {@link GalleryTest}. */
class ChatTest {
  private static final int LINES = 30_000; // of 900 bytes: more than the system keeps for a socket

  private final List<Throwable> reported = new ArrayList<>();

  @Test
  void aClientThatNeverReadsIsShutOutAndTheOtherGetsEveryLine() throws Exception {
    TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
    Chat chat = new Chat();
    Scheduler.builder()
        .failureReporter((task, failure) -> reported.add(failure))
        .run(
            co -> {
              Scheduler.current().spawn("server", server -> chat.serve(server, listener));
              assertThat(talk(co, listener.localAddress())).isEqualTo(LINES);
            });
    assertThat(reported).singleElement().isInstanceOf(TimeoutException.class);
  }

  /** How many lines the healthy reader has got. */
  private static int talk(Awaiter co, InetSocketAddress server) throws Exception {
    try (TcpSocket deaf = co.await(TcpSocket.connect(server));
        TcpSocket healthy = co.await(TcpSocket.connect(server));
        TcpSocket talker = co.await(TcpSocket.connect(server))) {
      Task<Integer> reader = Scheduler.current().submit("reader", r -> count(r, healthy));
      String line = "x".repeat(899) + "\n";
      for (int n = 0; n < LINES; n++) {
        co.await(talker.send(UTF_8.encode(line)));
      }
      assertThat(deaf.isOpen()).as("the server, not the client, has ended it").isTrue();
      return co.await(reader.join());
    }
  }

  private static int count(Awaiter co, TcpSocket socket) throws IOException {
    Lines lines = new Lines(socket);
    int count = 0;
    while (count < LINES && co.await(lines.readLine()) != null) {
      count++;
    }
    return count;
  }
}
