package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the system reports of an encrypted connection is not yet what its reader can have. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TlsReadinessTest {
  @Parameter Kind kind;

  private interface Wire {
    /** Gives all that was sent to the server up to now, as it stands on the wire. */
    byte[] taken(Awaiter co) throws Exception;
  }

  private interface Intercepted {
    void use(Awaiter co, StreamSocket client, StreamSocket server, Wire wire, StreamSocket forward)
        throws Exception;
  }

  /** A client and a server with somebody between who hands the client's bytes on by hand. */
  private void intercepted(Intercepted test) throws Exception {
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          List<Task<Long>> relays =
              List.of(relay(co, a.far(), b.near()), relay(co, b.near(), a.far()));
          Streams streams = new Streams(kind, Streams.Carrier.TLS);
          Streams.Pair pair = streams.secured(co, a.near(), b.far());
          settle(co);
          assertThat(relays.getFirst().cancel("from here on by hand")).isTrue();
          co.await(Task.yield());
          Wire wire =
              turn -> {
                turn.await(a.far().readable());
                ByteBuffer all = ByteBuffer.allocate(1 << 16);
                while (a.far().tryRecv(all) > 0) {
                  turn.await(Task.yield());
                }
                byte[] bytes = new byte[all.flip().remaining()];
                all.get(bytes);
                return bytes;
              };
          test.use(co, pair.near(), pair.far(), wire, b.near());
          assertThat(relays.getLast().cancel("the test is over")).isTrue();
          co.await(Task.yield());
          pair.near().abort();
          pair.far().abort();
        });
  }

  private Task<Long> relay(Awaiter co, TcpSocket from, TcpSocket to) {
    return kind.submit(co.task().scheduler(), "relay", s -> s.await(from.copyTo(to)));
  }

  /** Gives what is on its way time to arrive, and who waits for it some turns. */
  private static void settle(Awaiter co) {
    settle(co, Duration.ofMillis(1));
  }

  private static void settle(Awaiter co, Duration some) {
    for (int i = 0; i < 5; i++) {
      co.await(Timers.sleep(some));
    }
  }

  @Test
  @Holds("U5")
  void aRecordIsReadableWhenItIsWholeAndNotBefore() throws Exception {
    intercepted(
        (co, client, server, wire, forward) -> {
          co.await(client.send(bytes("whole")));
          byte[] record = wire.taken(co);
          Task<?> waits =
              kind.submit(co.task().scheduler(), "waits", s -> s.await(server.readable()));
          for (int cut : new int[] {1, 4, record.length - 6}) { // the rest of it but for one byte
            int from = cut == 1 ? 0 : cut == 4 ? 1 : 5;
            co.await(forward.send(ByteBuffer.wrap(record, from, cut)));
            settle(co);
            assertThat(waits.isDone()).isFalse();
          }
          co.await(forward.send(ByteBuffer.wrap(record, record.length - 1, 1)));
          co.await(waits.join());
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThat(server.tryRecv(buffer)).isEqualTo(5);
          assertThat(text(buffer)).isEqualTo("whole");
          assertThat(server.tryRecv(buffer.clear())).isZero();
        });
  }

  /** The server's tickets, in TLS 1.3, come after the handshake, and are nothing to receive. */
  @Test
  @Holds("U5")
  void whatTheEncryptionSaysForItselfIsNotReadable() throws Exception {
    new Streams(kind, Streams.Carrier.TLS)
        .withOne(
            (co, near, far) -> {
              Task<?> waits =
                  kind.submit(co.task().scheduler(), "waits", s -> s.await(near.readable()));
              settle(co);
              assertThat(waits.isDone()).isFalse();
              co.await(far.send(bytes("x")));
              co.await(waits.join());
              assertThat(near.tryRecv(ByteBuffer.allocate(9))).isEqualTo(1);
            });
  }

  @Test
  void aConnectionThatIsCutIsReadableAndClosedAndItsBytesComeFirst() throws Exception {
    intercepted(
        (co, client, server, wire, forward) -> {
          Task<?> watch =
              kind.submit(co.task().scheduler(), "watch", s -> s.await(server.closed()));
          co.await(client.send(bytes("abc")));
          co.await(forward.send(ByteBuffer.wrap(wire.taken(co))));
          settle(co);
          assertThat(watch.isDone()).isFalse();
          forward.shutdownOutput(); // without a word of the encryption
          co.await(watch.join());
          co.await(server.readable());
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThat(server.tryRecv(buffer)).isEqualTo(3);
          co.await(server.readable());
          assertThatThrownBy(() -> server.tryRecv(buffer))
              .isInstanceOf(TlsTruncatedException.class);
        });
  }

  @Test
  void readingAheadForTheEndHasABoundAndGoesOnWhenThatIsReceived() throws Exception {
    Duration turns = Duration.ofNanos(30_000);
    new Streams(kind, Streams.Carrier.TLS)
        .withOne(
            kind.builder().clock(new PatientTime()).build(), // the close has two seconds
            (co, near, far) -> {
              Task<?> watch =
                  kind.submit(co.task().scheduler(), "watch", s -> s.await(far.closed()));
              int size = 3 * AwaitEnd.MOST_AHEAD;
              Task<?> sender =
                  kind.submit(
                      co.task().scheduler(),
                      "sender",
                      s -> {
                        int sent = s.await(near.send(ByteBuffer.allocate(size)));
                        near.close();
                        return sent;
                      });
              settle(co, turns);
              assertThat(watch.isDone()).isFalse();
              ByteBuffer some = ByteBuffer.allocate(AwaitEnd.MOST_AHEAD);
              int received = 0;
              while (received < size) {
                assertThat(watch.isDone() && received < AwaitEnd.MOST_AHEAD).isFalse();
                received += co.await(far.recv(some.clear()));
                settle(co, turns);
              }
              co.await(sender.join());
              co.await(watch.join());
              assertThat(co.await(far.recv(some.clear()))).isEqualTo(-1);
            });
  }

  @Test
  void optionsAreThoseOfTheConnectionBeneathAndAnAbortCutsIt() throws Exception {
    new Streams(kind, Streams.Carrier.TLS)
        .withOne(
            (co, near, far) -> {
              near.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
              assertThat(near.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
              assertThat(near.supportedOptions()).contains(StandardSocketOptions.SO_LINGER);
              assertThatThrownBy(() -> near.setLinger(Duration.ofMillis(-1)))
                  .isInstanceOf(IllegalArgumentException.class);
              near.abort();
              assertThat(near.isOpen()).isFalse();
              assertThatThrownBy(() -> co.await(far.recv(ByteBuffer.allocate(1))))
                  .isInstanceOf(SocketResetException.class);
            });
  }
}
