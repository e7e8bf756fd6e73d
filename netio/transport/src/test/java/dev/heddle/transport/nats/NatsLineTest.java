package dev.heddle.transport.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.net.SocketReader;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportClosedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What servers say, by scripted bytes, without a server. */
class NatsLineTest {
  private static final String INFO = "INFO {\"server_id\":\"x\",\"max_payload\":1048576}\r\n";

  @Test
  void eachLineIsWhatItSays() throws Exception {
    assertThat(NatsLine.parse("INFO {\"a\":1} \r", 9)).isEqualTo(new NatsLine.Info("{\"a\":1}"));
    assertThat(NatsLine.parse("MSG a.b 7 5", 9)).isEqualTo(new NatsLine.Msg("a.b", null, 0, 5));
    assertThat(NatsLine.parse("msg a.b 7  c.d\t5", 9))
        .isEqualTo(new NatsLine.Msg("a.b", "c.d", 0, 5));
    assertThat(NatsLine.parse("HMSG a 7 r 3 9", 9)).isEqualTo(new NatsLine.Msg("a", "r", 3, 9));
    assertThat(NatsLine.parse("PING", 9)).isEqualTo(new NatsLine.Ping());
    assertThat(NatsLine.parse("-ERR 'Stale'", 9)).isEqualTo(new NatsLine.Err("'Stale'"));
  }

  @Test
  void whatNoServerSaysIsRefusedWithTheValueAndTheRange() {
    assertThatThrownBy(() -> NatsLine.parse("HTTP/1.1 400 Bad", 9))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(
            "a NATS server says 'HTTP/1.1': must be INFO, MSG, HMSG, PING, PONG, +OK or -ERR");
    assertThatThrownBy(() -> NatsLine.parse("MSG a 1 10", 9))
        .hasMessage("MSG has a length of 10: must be 0 to 9");
    assertThatThrownBy(() -> NatsLine.parse("HMSG a 1 5 4", 9))
        .hasMessage("HMSG has a length of 5: must be 0 to 4");
    assertThatThrownBy(() -> NatsLine.parse("MSG a", 9))
        .hasMessage("MSG has 1 fields: must be 3 or 4");
  }

  @Test
  void linesAtRandomAreReadOrRefusedInOneLineAndNothingElseIsThrown() {
    Random random = new Random(4);
    String[] words = {
      "MSG", "HMSG", "PING", "-ERR", "+OK", "a.b", "7", "-1", "99999999999", "\0", ""
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder();
      for (int n = random.nextInt(7); n >= 0; n--) {
        line.append(words[random.nextInt(words.length)]).append(' ');
      }
      try {
        assertThat(NatsLine.parse(line.toString(), 100)).isNotNull();
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).doesNotContain("\n").contains("must be");
      }
    }
  }

  /**
   * Plays a server: answers what is asked for in the beginning, then sends a script in two pieces.
   */
  private static void serve(Awaiter co, TcpListener listener, byte[] script, int split)
      throws Exception {
    try (TcpSocket socket = co.await(listener.accept())) {
      co.await(socket.send(bytes(INFO)));
      SocketReader reader = new SocketReader(socket);
      String inbox = "";
      for (String line = co.await(reader.readLine(UTF_8)); line != null; ) {
        if (line.equals("PING")) {
          co.await(socket.send(bytes("PONG\r\n")));
        } else if (line.startsWith("PUB $JS.API.STREAM")) {
          inbox = line.split(" ")[2];
          co.await(socket.send(bytes("MSG " + inbox + " 1 2\r\n{}\r\n")));
        } else if (line.startsWith("SUB heddle.t.")) {
          co.await(socket.send(ByteBuffer.wrap(script, 0, split)));
          co.await(Task.yield());
          co.await(Task.yield());
          co.await(socket.send(ByteBuffer.wrap(script, split, script.length - split)));
        }
        line = co.await(reader.readLine(UTF_8));
      }
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  @SuppressWarnings("StringConcatToTextBlock") // whose line ends would be others
  void messagesArriveInWhateverPiecesTheyCome() throws Exception {
    byte[] script =
        ("PING\r\nMSG heddle.t.news 1 5\r\na\r\nbc\r\n"
                + "HMSG heddle.t.news 1 _R 16 18\r\nNATS/1.0\r\nA: b\r\nxy\r\n"
                + "+OK\r\nMSG heddle.t.news 1 0\r\n\r\n")
            .getBytes(UTF_8);
    Scheduler.run(
        co -> {
          TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          for (int split = 1; split < script.length; split++) {
            int at = split;
            Task<?> server =
                Scheduler.current().spawn("server", c -> serve(c, listener, script, at));
            NatsTransport nats =
                NatsTransport.connect(
                    Scheduler.current(), listener.localAddress(), NatsOptions.DEFAULT);
            try (MessageReceiver receiver = nats.receiver(Address.topic("news"), 10)) {
              for (String expected : new String[] {"a\r\nbc", "xy", ""}) {
                Delivery delivery = co.await(receiver.receive().within(Duration.ofSeconds(50)));
                assertThat(new String(delivery.body(), UTF_8))
                    .as("split at %s", split)
                    .isEqualTo(expected);
                delivery.acknowledge();
              }
            }
            nats.close();
            co.await(server.join());
          }
          listener.close();
        });
  }

  @Test
  void whoIsNoServerOfNatsIsNamedInTheFailure() throws Exception {
    Scheduler.run(
        co -> {
          TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          Scheduler.current()
              .daemons()
              .spawn(
                  c -> {
                    while (listener.isOpen()) {
                      try (TcpSocket socket = c.await(listener.accept())) {
                        c.await(socket.send(bytes("SSH-2.0-x\r\n")));
                      } catch (IOException e) {
                        // the client is gone, or the test is over
                      }
                    }
                  });
          NatsTransport nats =
              NatsTransport.connect(
                  Scheduler.current(),
                  listener.localAddress(),
                  NatsOptions.DEFAULT.withResumeWithin(Duration.ofMillis(50)));
          assertThatThrownBy(() -> co.await(nats.put(Address.queue("q"), new byte[1])))
              .isInstanceOf(TransportClosedException.class)
              .hasMessageContaining("for PT0.05S")
              .hasMessageContaining("a NATS server says 'SSH-2.0-x'");
          listener.close();
        });
  }
}
