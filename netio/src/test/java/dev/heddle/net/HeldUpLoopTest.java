package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Row 22: the loop was held up past a deadline, and what the task waits for has come in time. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class HeldUpLoopTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  @Parameter Kind kind;

  /** So the limits pass when the test says so, and not before the peer has sent. */
  private final PatientTime time = new PatientTime();

  private interface Use {
    void use(Awaiter co, TcpSocket socket, TcpListener listener, OutputStream peer)
        throws Exception;
  }

  private void withPeer(Use test) throws Exception {
    try (Scheduler scheduler = kind.builder().clock(time).build()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
            InetSocketAddress at = listener.localAddress();
            try (Socket peer = new Socket(at.getAddress(), at.getPort())) {
              TcpSocket socket = co.await(listener.accept());
              test.use(co, socket, listener, peer.getOutputStream());
              socket.close();
            }
            listener.close();
          });
      scheduler.run();
    }
  }

  /** Keeps the turn: the peer sends at once, and the limit passes after that. */
  private void holdUp(Foreign.Action sends) throws Exception {
    Foreign.run(sends);
    time.advance(LIMIT.multipliedBy(2));
  }

  @Test
  @Holds("Y5")
  void bytesThatCameBeforeTheTimeLimitAreReceived() throws Exception {
    withPeer(
        (co, socket, listener, peer) -> {
          for (int i = 0; i < 3; i++) {
            Task<Integer> reader =
                kind.submit(
                    co.task().scheduler(),
                    "reader",
                    s -> s.await(socket.recv(ByteBuffer.allocate(9)).within(LIMIT)));
            co.await(Task.yield());
            holdUp(() -> peer.write(1));
            assertThat(co.await(reader.join())).isEqualTo(1);
          }
        });
  }

  @Test
  @Holds("Y5")
  void aDeadlineOfTheSocketAndAnIdleTimeoutLookAtTheSocketBeforeTheyCut() throws Exception {
    withPeer(
        (co, socket, listener, peer) -> {
          Task<Integer> reader =
              kind.submit(
                  co.task().scheduler(),
                  "reader",
                  s -> s.await(socket.recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());

          socket.setIdleTimeout(LIMIT);
          holdUp(() -> peer.write(1));
          assertThat(co.await(reader.join())).isEqualTo(1);
          kind.spawn(co.task().scheduler(), "time", _ -> time.advance(LIMIT));
          assertThatThrownBy(() -> co.await(socket.recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("idle for");
        });
  }

  /** The bytes come in time, but end another task's wait only by way of the one that reads them. */
  @Test
  @Holds("Y5")
  void whatATaskDoesThatThePollHasWokenComesBeforeTheTimeLimitOfAnother() throws Exception {
    withPeer(
        (co, socket, listener, peer) -> {
          Queue<Integer> queue = Queue.fifo();
          Task<Integer> waits =
              kind.submit(co.task().scheduler(), "waits", s -> s.await(queue.get().within(LIMIT)));
          Task<?> reader =
              kind.submit(
                  co.task().scheduler(),
                  "reader",
                  s -> {
                    int count = s.await(socket.recv(ByteBuffer.allocate(9)));
                    return queue.tryPut(count);
                  });
          co.await(Task.yield());
          holdUp(() -> peer.write(1));
          assertThat(co.await(waits.join())).isEqualTo(1);
          co.await(reader.join());
        });
  }

  @Test
  @Holds("Y5")
  void aLimitOfZeroTakesWhatIsThereAndExpiresAtOnceOtherwise() throws Exception {
    withPeer(
        (co, socket, listener, peer) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThatThrownBy(() -> co.await(socket.recv(buffer).within(Duration.ZERO)))
              .isInstanceOf(TimeoutException.class);
          assertThatThrownBy(() -> co.await(listener.accept().within(Duration.ZERO)))
              .isInstanceOf(TimeoutException.class);
          for (int i = 1; i < 4; i++) {
            peer.write(1);
            co.await(socket.readable());
            assertThat(co.await(socket.recv(buffer).within(Duration.ZERO))).isEqualTo(1);
            assertThat(co.await(socket.send(bytes("x")).within(Duration.ZERO))).isEqualTo(1);
          }
        });
  }
}
