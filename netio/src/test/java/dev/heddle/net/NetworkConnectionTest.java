package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every connection must do, whatever carries it: the questions are those of Go's {@code
 * nettest}, the answers those of this library. A time limit of a wait leaves the connection as it
 * is, a deadline of the socket closes it; of two who receive at once the second is refused.
 */
@ParameterizedClass
@MethodSource("dev.heddle.net.Streams#all")
class NetworkConnectionTest {
  private static final int BIG = 2 << 20;
  private static final Duration SHORT = Duration.ofMillis(2);

  @Parameter Streams streams;

  private interface Part<T> {
    T run(Awaiter co) throws Exception;
  }

  private <T> Task<T> start(Awaiter co, String name, Part<T> part) {
    return streams.kind().submit(co.task().scheduler(), name, part::run);
  }

  private static byte[] received(Awaiter co, StreamSocket socket, int size) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (co.await(socket.recv(buffer)) < 0) {
        throw new AssertionError("the end, after " + buffer.position() + " of " + size);
      }
    }
    return buffer.array();
  }

  /** Sends until several sends in a row find no room in time; gives how many bytes went. */
  private static int fill(Awaiter co, StreamSocket socket) throws Exception {
    int sent = 0;
    for (int inVain = 0; inVain < 3; ) { // the system moves on what it has taken
      ByteBuffer much = ByteBuffer.allocate(BIG);
      assertThat(isInTime(co, socket.send(much).within(SHORT))).isFalse();
      sent += much.position();
      inVain = much.position() == 0 ? inVain + 1 : 0;
    }
    return sent;
  }

  private static boolean isInTime(Awaiter co, YieldEvent<?, Exception> event) throws Exception {
    try {
      Object _ = co.await(event);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** BasicIO. */
  @Test
  void manyBytesComeThereAndBackAsTheyWere() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          byte[] sent = new byte[1 << 20];
          new Random(1).nextBytes(sent);
          Task<?> echo =
              start(
                  co,
                  "echo",
                  s -> {
                    ByteBuffer buffer = ByteBuffer.allocate(1024 + 7);
                    while (s.await(far.recv(buffer.clear())) >= 0) {
                      s.await(far.send(buffer.flip()));
                    }
                    far.shutdownOutput();
                    return null;
                  });
          Task<?> sender =
              start(
                  co,
                  "sender",
                  s -> {
                    int count = s.await(near.send(ByteBuffer.wrap(sent)));
                    near.shutdownOutput();
                    return count;
                  });
          assertThat(received(co, near, sent.length)).isEqualTo(sent);
          assertThat(co.await(near.recv(ByteBuffer.allocate(1)))).isEqualTo(-1);
          assertThat(co.await(sender.join())).isEqualTo(sent.length);
          co.await(echo.join());
        });
  }

  /** PingPong. */
  @Test
  void aNumberGoesToAndFroAndGrowsByOneEachTime() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          Task<Long> other = start(co, "far", s -> pingPong(s, far, 500));
          co.await(near.send(8, out -> out.putLong(0)));
          assertThat(pingPong(co, near, 500)).isEqualTo(999);
          assertThat(co.await(other.join())).isEqualTo(998);
        });
  }

  private static long pingPong(Awaiter co, StreamSocket socket, int times) throws Exception {
    long last = -1;
    for (int i = 0; i < times; i++) {
      long number = ByteBuffer.wrap(received(co, socket, 8)).getLong();
      assertThat(number).isGreaterThan(last);
      last = number;
      co.await(socket.send(8, out -> out.putLong(number + 1)));
    }
    return last;
  }

  /** RacyRead. */
  @Test
  @Holds({"S5", "S7"})
  void ofManyWhoReceiveWithShortLimitsOneAtATimeDoesAndNoByteIsLostNorComesTwice()
      throws Exception {
    streams.withOne(
        (co, near, far) -> {
          int size = 200_000;
          byte[] sent = new byte[size];
          new Random(3).nextBytes(sent);
          Task<?> sender =
              start(
                  co,
                  "sender",
                  s -> {
                    for (int at = 0; at < size; at += 5000) {
                      s.await(near.send(ByteBuffer.wrap(sent, at, 5000)));
                      s.await(Task.yield());
                    }
                    return null;
                  });
          ByteBuffer all = ByteBuffer.allocate(size);
          List<Task<?>> readers = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            int seed = i;
            readers.add(start(co, "reader " + i, s -> readSome(s, far, all, new Random(seed))));
          }
          for (Task<?> reader : readers) {
            co.await(reader.join());
          }
          co.await(sender.join());
          assertThat(all.array()).isEqualTo(sent);
        });
  }

  private static int readSome(Awaiter co, StreamSocket socket, ByteBuffer all, Random random)
      throws Exception {
    int refused = 0;
    while (all.hasRemaining()) {
      ByteBuffer some = ByteBuffer.allocate(1 + random.nextInt(3000));
      some.limit(Math.min(some.limit(), all.remaining()));
      try {
        int _ = co.await(socket.recv(some).within(Duration.ofNanos(random.nextInt(200_000))));
        all.put(some.flip());
      } catch (TimeoutException e) {
        assertThat(some.position()).isZero();
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("waits already for bytes from");
        refused++;
        co.await(Task.yield());
      }
    }
    return refused;
  }

  private static final class Sent {
    private final byte[] content;
    private final ByteBuffer buffer;

    Sent(byte[] content, ByteBuffer buffer) {
      this.content = content;
      this.buffer = buffer;
    }
  }

  /** RacyWrite. */
  @Test
  @Holds({"S5", "S7"})
  void ofManyWhoSendWithShortLimitsOneAtATimeDoesAndWhatIsSentIsWhatTheirBuffersTell()
      throws Exception {
    streams.withOne(
        (co, near, far) -> {
          List<Sent> inOrder = new ArrayList<>();
          List<Task<?>> senders = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            int number = i;
            senders.add(start(co, "sender " + i, s -> sendSome(s, near, number, inOrder)));
          }
          Task<byte[]> reader =
              start(co, "reader", s -> s.await(new SocketReader(far).readAll(1 << 30)));
          for (Task<?> sender : senders) {
            co.await(sender.join());
          }
          near.shutdownOutput();
          byte[] came = co.await(reader.join());
          int at = 0;
          for (Sent sent : inOrder) {
            int count = sent.buffer.position();
            byte[] part = Arrays.copyOfRange(came, at, at + count);
            assertThat(part).isEqualTo(Arrays.copyOf(sent.content, count));
            at += count;
          }
          assertThat(came).hasSize(at);
        });
  }

  private static int sendSome(Awaiter co, StreamSocket socket, int number, List<Sent> inOrder)
      throws Exception {
    Random random = new Random(number);
    for (int i = 0; i < 20; i++) {
      byte[] content = new byte[1 + random.nextInt(100_000)];
      Arrays.fill(content, (byte) (10 * number + i));
      ByteBuffer buffer = ByteBuffer.wrap(content);
      try {
        var send = socket.send(buffer).within(Duration.ofNanos(random.nextInt(500_000)));
        inOrder.add(new Sent(content, buffer)); // it begins to send now, or is refused
        co.await(send);
      } catch (TimeoutException e) {
        assertThat(buffer.position()).isLessThanOrEqualTo(content.length);
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("waits already for room to send");
        assertThat(buffer.position()).isZero();
      }
      co.await(Task.yield());
    }
    return number;
  }

  /** ReadTimeout. */
  @Test
  void aReceiveThatTakesTooLongLosesNothingHoweverOften() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> co.await(far.recv(buffer).within(SHORT)))
                .isInstanceOf(TimeoutException.class);
            assertThat(buffer.position()).isZero();
          }
          co.await(near.send(bytes("late")));
          assertThat(co.await(far.recv(buffer))).isEqualTo(4);
        });
  }

  /** WriteTimeout. */
  @Test
  void aSendThatTakesTooLongHasSentWhatItsBufferTellsHoweverOften() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          int sent = 0;
          for (int i = 0; i < 5; i++) {
            sent += fill(co, near);
          }
          Task<Integer> last =
              start(
                  co,
                  "last",
                  s -> {
                    int count = s.await(near.send(bytes("last")));
                    near.shutdownOutput();
                    return count;
                  });
          assertThat(co.await(new SocketReader(far).readAll(1 << 30))).hasSize(sent + 4);
          assertThat(co.await(last.join())).isEqualTo(4);
        });
  }

  /** PastTimeout. */
  @Test
  void aLimitThatIsOverAlreadyTakesWhatIsThereAndEndsTheWaitOtherwise() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThatThrownBy(() -> co.await(far.recv(buffer).within(Duration.ZERO)))
              .isInstanceOf(TimeoutException.class);
          assertThat(co.await(near.send(bytes("ab")).within(Duration.ZERO))).isEqualTo(2);
          co.await(far.readable());
          assertThat(co.await(far.recv(buffer).within(Duration.ZERO))).isEqualTo(2);
          int sent = fill(co, near);
          ByteBuffer one = bytes("x");
          boolean went = isInTime(co, near.send(one).within(Duration.ZERO));
          assertThat(went).isEqualTo(one.position() == 1); // the system may have made room
          assertThat(received(co, far, sent + one.position())).hasSize(sent + one.position());
          assertThat(far.tryRecv(buffer.clear())).isZero();
          far.setLinger(Duration.ZERO);
          co.task().scheduler().setDeadline(far, co.task().scheduler().nanoTime() - 1);
          assertThatThrownBy(() -> co.await(far.recv(buffer.clear())))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageEndingWith("is closed: its time is over");
        });
  }

  /** PresentTimeout. */
  @Test
  void aDeadlineThatIsSetWhileTasksReceiveAndSendEndsBoth() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          Task<?> reader = start(co, "reader", s -> s.await(near.recv(ByteBuffer.allocate(9))));
          Task<?> sender = start(co, "sender", s -> s.await(near.send(ByteBuffer.allocate(BIG))));
          co.await(Task.yield());
          assertThat(reader.isDone() || sender.isDone()).isFalse();
          co.task().scheduler().setDeadline(near, co.task().scheduler().nanoTime());
          for (Task<?> waits : List.of(reader, sender)) {
            assertThatThrownBy(() -> co.await(waits.join()))
                .isInstanceOf(SocketTimedOutException.class);
          }
          assertThat(near.isOpen()).isFalse();
        });
  }

  /** FutureTimeout. */
  @Test
  void aLimitInTheFutureEndsBothDirectionsAndTheConnectionIsAsGoodAsBefore() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          Task<Integer> filled = start(co, "sender", s -> fill(s, near));
          assertThatThrownBy(() -> co.await(near.recv(ByteBuffer.allocate(9)).within(SHORT)))
              .isInstanceOf(TimeoutException.class);
          int sent = co.await(filled.join());
          assertThat(received(co, far, sent)).hasSize(sent);
          co.await(near.send(bytes("there")));
          assertThat(received(co, far, 5)).isEqualTo(bytes("there").array());
          co.await(far.send(bytes("back")));
          assertThat(received(co, near, 4)).isEqualTo(bytes("back").array());
        });
  }

  /** CloseTimeout. */
  @Test
  void aCloseEndsThoseWhoWaitWithLimitsAndNoDeadlineFiresLater() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          Duration long_ = Duration.ofDays(1);
          Task<?> reader =
              start(co, "reader", s -> s.await(near.recv(ByteBuffer.allocate(9)).within(long_)));
          Task<?> sender =
              start(co, "sender", s -> s.await(near.send(ByteBuffer.allocate(BIG)).within(long_)));
          Task<?> watch = start(co, "watch", s -> s.await(near.closed().within(long_)));
          co.await(Task.yield());
          near.setIdleTimeout(SHORT);
          near.setProgressTimeout(SHORT);
          co.task().scheduler().setDeadline(near, co.task().scheduler().nanoTime() + 1);
          near.close("enough"); // in the same turn, so that none has fired
          for (Task<?> waits : List.of(reader, sender)) {
            assertThatThrownBy(() -> co.await(waits.join()))
                .isInstanceOf(SocketClosedException.class)
                .hasMessageEndingWith("is closed: enough");
          }
          co.await(watch.join());
          co.await(Timers.sleep(SHORT));
          assertThatThrownBy(() -> co.await(near.recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith("is closed: enough");
        });
  }

  /** ConcurrentMethods. */
  @Test
  void manyTasksCallAllMethodsAtOnceAndEachGetsAResultOrAnErrorThatSaysWhy() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          List<Task<?>> callers = new ArrayList<>();
          for (int i = 0; i < 60; i++) {
            int which = i;
            callers.add(start(co, "caller " + i, s -> call(s, near, which % 12)));
          }
          Task<?> drain =
              start(
                  co,
                  "drain",
                  s -> {
                    ByteBuffer buffer = ByteBuffer.allocate(9);
                    while (s.await(far.recv(buffer.clear())) >= 0) {
                      int _ = far.trySend(buffer.flip());
                    }
                    far.close();
                    return null;
                  });
          for (int i = 0; i < 20; i++) {
            co.await(Task.yield());
          }
          near.close();
          for (Task<?> caller : callers) {
            try {
              co.await(caller.join());
            } catch (SocketException | TimeoutException e) {
              assertThat(e)
                  .hasMessageMatching(
                      ".*(waits already for|waits for|is closed: |in time|timed out).*");
            }
          }
          co.await(drain.join());
        });
  }

  private static Object call(Awaiter co, StreamSocket socket, int method) throws Exception {
    for (int i = 0; i < 10; i++) {
      ByteBuffer buffer = ByteBuffer.allocate(5);
      Object _ =
          switch (method) {
            case 0 -> co.await(socket.recv(buffer));
            case 1 -> co.await(socket.recv(buffer).within(SHORT));
            case 2 -> co.await(socket.send(buffer));
            case 3 -> co.await(socket.sendAll(buffer));
            case 4 -> socket.trySend(buffer);
            case 5 -> socket.tryRecv(buffer);
            case 6 -> co.await(socket.sendSome(buffer));
            case 7 -> co.await(socket.send(9, out -> out.putLong(9)));
            case 8 -> socket.remoteAddress() + " " + socket;
            case 9 -> {
              socket.setIdleTimeout(Duration.ofDays(1));
              yield socket.supportedOptions();
            }
            case 10 -> co.await(socket.writable());
            default -> co.await(socket.closed());
          };
      co.await(Task.yield());
    }
    return method;
  }
}
