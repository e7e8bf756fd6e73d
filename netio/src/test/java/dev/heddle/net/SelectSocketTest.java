package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.net.Connections.Pair;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets as arms of a {@link Select}: promises X1, S5, S7 and S8 on real connections. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SelectSocketTest {
  private static final Duration DAY = Duration.ofDays(1);

  @Parameter Kind kind;

  private final ByteBuffer left = ByteBuffer.allocate(9);
  private final ByteBuffer right = ByteBuffer.allocate(9);

  private void withTwo(Connections.Two test) throws IOException {
    Connections.withTwo(kind, test);
  }

  private static String received(Awaiter co, TcpSocket socket) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(9);
    int count = co.await(socket.recv(buffer));
    return count + " " + text(buffer);
  }

  private YieldEvent<Select.Winner<Integer>, Exception> either(Pair a, Pair b) {
    return Select.any(a.far().recv(left), b.far().recv(right));
  }

  /** A task that waits for either when the caller goes on. */
  private Task<Select.Winner<Integer>> selecting(Awaiter co, Pair a, Pair b) {
    Task<Select.Winner<Integer>> task =
        kind.submit(co.task().scheduler(), "selects", s -> s.await(either(a, b)));
    co.await(Task.yield());
    assertThat(task.state()).isEqualTo(Task.State.WAITING);
    return task;
  }

  @Test
  void ofTwoReadsTheOneThatIsReadyHappensAndTheOtherHasReadNothing() throws Exception {
    withTwo(
        (co, a, b) -> {
          co.await(b.near().send(bytes("b")));
          assertThat(co.await(either(a, b))).isEqualTo(new Select.Winner<>(1, 1));
          assertThat(text(right)).isEqualTo("b");
          co.await(a.near().send(bytes("late")));
          assertThat(received(co, a.far())).isEqualTo("4 late");
          assertThat(left.position()).isZero();
        });
  }

  @Test
  void ofTwoReadsThatAreReadyTheFirstListedHappensAndTheLoserKeepsItsBytes() throws Exception {
    withTwo(
        (co, a, b) -> {
          co.await(b.near().send(bytes("bbb")));
          co.await(a.near().send(bytes("aa")));
          co.await(b.far().readable());
          co.await(a.far().readable());
          assertThat(co.await(either(a, b))).isEqualTo(new Select.Winner<>(0, 2));
          assertThat(text(left)).isEqualTo("aa");
          assertThat(right.position()).isZero();
          assertThat(received(co, b.far())).isEqualTo("3 bbb");
        });
  }

  @Test
  void aReadThatIsOverBeforeTheTimerLeavesNoTimer() throws Exception {
    withTwo(
        (co, a, b) -> {
          co.await(a.near().send(bytes("aa")));
          YieldEvent<Select.Winner<Object>, Exception> first =
              Select.any(Timers.sleep(DAY), a.far().recv(left));
          assertThat(co.await(first)).isEqualTo(new Select.Winner<>(1, 2));
        });
  }

  @Test
  void aReadThatLosesAgainstATimerHasReadNothingAndWaitsNoMore() throws Exception {
    withTwo(
        (co, a, b) -> {
          YieldEvent<Select.Winner<Object>, Exception> first =
              Select.any(a.far().recv(left), Timers.sleep(Duration.ofMillis(1)));
          assertThat(co.await(first).index()).isEqualTo(1);
          co.await(a.near().send(bytes("kept")));
          assertThat(received(co, a.far())).isEqualTo("4 kept");
          assertThat(left.position()).isZero();
        });
  }

  @Test
  void aSendThatLosesHasSentAsMuchAsItsBuffersPositionTells() throws Exception {
    withTwo(
        (co, a, b) -> {
          ByteBuffer large = ByteBuffer.allocate(20 << 20);
          YieldEvent<Select.Winner<Object>, Exception> first =
              Select.any(a.near().send(large), Timers.sleep(Duration.ofMillis(1)));
          assertThat(co.await(first).index()).isEqualTo(1);
          a.near().shutdownOutput();
          ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
          int received = 0;
          for (int n = 0; n >= 0; n = co.await(a.far().recv(buffer.clear()))) {
            received += n;
          }
          assertThat(received).isPositive().isEqualTo(large.position());
        });
  }

  @Test
  void anAcceptThatLosesHasTakenNoConnection() throws Exception {
    withTwo(
        (co, a, b) -> {
          try (TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
            co.await(a.near().send(bytes("aa")));
            co.await(a.far().readable());
            TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
            YieldEvent<Select.Winner<Object>, Exception> first =
                Select.any(a.far().recv(left), listener.accept());
            assertThat(co.await(first).index()).isZero();
            TcpSocket far = co.await(listener.accept());
            assertThat(far.remoteAddress()).isEqualTo(near.localAddress());
            near.close();
            far.close();
          }
        });
  }

  @Test
  void aCancelledSelectHasReadNothingAndNoneOfItsSocketsIsWaitedFor() throws Exception {
    withTwo(
        (co, a, b) -> {
          Task<?> selects = selecting(co, a, b);
          assertThat(selects.cancel("enough")).isTrue();
          co.await(a.near().send(bytes("aa")));
          co.await(b.near().send(bytes("bbb")));
          assertThat(received(co, a.far())).isEqualTo("2 aa");
          assertThat(received(co, b.far())).isEqualTo("3 bbb");
          assertThat(selects.state()).isEqualTo(Task.State.CANCELLED);
        });
  }

  @Test
  void aSelectThatIsCancelledWhenASocketIsReadyButNotReadLosesNoByte() throws Exception {
    withTwo(
        (co, a, b) -> {
          Task<?> selects = selecting(co, a, b);
          co.await(b.near().send(bytes("bbb")));
          while (selects.state() == Task.State.WAITING) {
            co.await(Task.yield()); // until the selector has reported it
          }
          assertThat(selects.state()).isEqualTo(Task.State.READY);
          assertThat(selects.cancel("enough")).isTrue();
          co.await(Task.yield());
          assertThat(selects.state()).isEqualTo(Task.State.CANCELLED);
          assertThat(received(co, b.far())).isEqualTo("3 bbb");
        });
  }

  @Test
  void aSocketThatAnotherTaskClosesFailsTheSelectAndTheOtherIsNotWaitedFor() throws Exception {
    withTwo(
        (co, a, b) -> {
          Task<?> selects = selecting(co, a, b);
          b.far().close();
          assertThatThrownBy(() -> co.await(selects.join()))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("is closed: closed by its owner");
          co.await(a.near().send(bytes("aa")));
          assertThat(received(co, a.far())).isEqualTo("2 aa");
        });
  }

  @Test
  void aSocketThatIsClosedWhenTheOtherIsReadyButNotReadFailsTheSelectAndNoByteIsLost()
      throws Exception {
    withTwo(
        (co, a, b) -> {
          Task<?> selects = selecting(co, a, b);
          co.await(a.near().send(bytes("aa")));
          while (selects.state() == Task.State.WAITING) {
            co.await(Task.yield());
          }
          b.far().close();
          assertThatThrownBy(() -> co.await(selects.join())).isInstanceOf(SocketException.class);
          assertThat(received(co, a.far())).isEqualTo("2 aa");
        });
  }

  @Test
  void twoReadsOfOneSocketAreRefusedAndNeitherIsLeftWaiting() throws Exception {
    withTwo(
        (co, a, b) -> {
          assertThatThrownBy(() -> co.await(Select.any(a.far().recv(left), a.far().recv(right))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'test' waits already for bytes from");
          co.await(a.near().send(bytes("aa")));
          assertThat(received(co, a.far())).isEqualTo("2 aa");
        });
  }

  @Test
  void aThousandSelectsLoseAndReorderNoByte() throws Exception {
    withTwo(
        (co, a, b) -> {
          Scheduler scheduler = co.task().scheduler();
          for (Pair pair : List.of(a, b)) {
            kind.spawn(
                scheduler,
                "sends",
                s -> {
                  for (int i = 0; i < 500; i++) {
                    s.await(pair.near().send(ByteBuffer.allocate(1).put((byte) i).flip()));
                    s.await(Task.yield());
                  }
                  pair.near().shutdownOutput();
                });
          }
          int[] next = new int[2];
          ByteBuffer one = ByteBuffer.allocate(1);
          ByteBuffer other = ByteBuffer.allocate(1);
          while (next[0] + next[1] < 1000) {
            int index =
                co.await(Select.any(a.far().recv(one.clear()), b.far().recv(other.clear())))
                    .index();
            byte read = (index == 0 ? one : other).get(0);
            assertThat(read).isEqualTo((byte) next[index]++);
            if (next[index] == 500) {
              break; // its end of file would win for ever
            }
          }
          for (int index = 0; index < 2; index++) {
            TcpSocket rest = (index == 0 ? a : b).far();
            while (co.await(rest.recv(one.clear())) > 0) {
              assertThat(one.get(0)).isEqualTo((byte) next[index]++);
            }
          }
          assertThat(next).containsExactly(500, 500);
        });
  }
}
