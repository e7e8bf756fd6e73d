package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The two directions of a connection in the hands of two tasks. */
@ParameterizedClass
@MethodSource("dev.heddle.net.Streams#all")
class HalvesTest {
  private static final int BIG = 2 << 20;

  @Parameter Streams streams;

  private interface Part<T> {
    T run(Awaiter co) throws Exception;
  }

  private <T> Task<T> start(Awaiter co, String name, Part<T> part) {
    return streams.kind().submit(co.task().scheduler(), name, part::run);
  }

  private static int countUntilTheEnd(Awaiter co, StreamSocket socket) throws IOException {
    int count = 0;
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    for (int n = 0; n >= 0; n = co.await(socket.recv(buffer.clear()))) {
      count += n;
    }
    return count;
  }

  @Test
  @Holds("U6")
  void oneTaskReceivesAndOneSendsAndTheSocketIsClosedWhenBothHaveClosedTheirHalves()
      throws Exception {
    streams.withOne(
        (co, near, far) -> {
          byte[] sent = new byte[300_000];
          new Random(6).nextBytes(sent);
          Task<byte[]> receives =
              start(
                  co,
                  "receives",
                  s -> {
                    try (ReadHalf half = near.readHalf()) {
                      return s.await(new SocketReader(half).readAll(BIG));
                    }
                  });
          Task<?> sends =
              start(
                  co,
                  "sends",
                  s -> {
                    try (WriteHalf half = near.writeHalf()) {
                      s.await(half.sendAll(ByteBuffer.wrap(sent), bytes("behind")));
                    }
                    return near.isOpen();
                  });
          Task<Long> echo =
              start(
                  co,
                  "echo",
                  s -> {
                    long copied = s.await(far.readHalf().copyTo(far.writeHalf()));
                    far.writeHalf().close();
                    return copied;
                  });
          assertThat(co.await(sends.join())).isEqualTo(true); // the answer still comes
          assertThat(co.await(echo.join())).isEqualTo(sent.length + 6L);
          assertThat(co.await(receives.join())).startsWith(sent).hasSize(sent.length + 6);
          assertThat(near.isOpen()).isFalse();
          assertThat(far.isOpen()).isTrue();
          far.readHalf().close();
          assertThat(far.isOpen()).isFalse();
          assertThatThrownBy(() -> co.await(far.recv(ByteBuffer.allocate(1))))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith("is closed: both of its halves are closed");
        });
  }

  @Test
  @Holds({"S8", "U6"})
  void closingTheReadHalfTellsWhoWaitsToReceiveAndSendingGoesOn() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          ReadHalf half = near.readHalf();
          ByteBuffer buffer = ByteBuffer.allocate(9);
          List<Part<?>> waits =
              List.of(
                  s -> s.await(half.recv(buffer)),
                  s -> s.await(half.readable()),
                  s -> s.await(new SocketReader(half).readLine()),
                  s -> s.await(near.copyTo(far)));
          Task<?> waiting = start(co, "waiting", waits.getFirst());
          co.await(Task.yield());
          half.close();
          assertThat(half.isOpen()).isFalse();
          assertThatThrownBy(() -> co.await(waiting.join()))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith(": its read half is closed");
          for (Part<?> late : waits) {
            assertThatThrownBy(() -> late.run(co))
                .isInstanceOf(SocketClosedException.class)
                .hasMessageEndingWith(": its read half is closed");
          }
          assertThatThrownBy(() -> half.tryRecv(buffer)).isInstanceOf(SocketClosedException.class);
          half.close(); // for the second time
          assertThat(near.writeHalf().isOpen()).isTrue();
          assertThat(near.writeHalf().trySend(bytes("still"))).isEqualTo(5);
          co.await(far.recv(buffer));
          assertThat(text(buffer)).isEqualTo("still");
        });
  }

  @Test
  @Holds({"S8", "U6"})
  void closingTheWriteHalfEndsTheOutputTellsWhoWaitsToSendAndReceivingGoesOn() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          WriteHalf half = near.writeHalf();
          ByteBuffer much = ByteBuffer.allocate(BIG);
          Task<?> waiting = start(co, "waiting", s -> s.await(half.send(much)));
          co.await(Task.yield());
          half.close();
          assertThatThrownBy(() -> co.await(waiting.join()))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith(": its write half is closed");
          List<Part<?>> later =
              List.of(
                  s -> s.await(half.send(bytes("x"))),
                  s -> s.await(half.send(1, out -> out.put((byte) 1))),
                  s -> s.await(half.sendSome(bytes("x"))),
                  s -> s.await(half.sendAll(bytes("x"))),
                  s -> s.await(half.writable()),
                  s -> s.await(new SocketWriter(half).flush()),
                  s -> half.trySend(bytes("x")));
          for (Part<?> late : later) {
            assertThatThrownBy(() -> late.run(co))
                .isInstanceOf(SocketClosedException.class)
                .hasMessageEndingWith(": its write half is closed");
          }
          half.close(); // for the second time
          assertThat(countUntilTheEnd(co, far)).isEqualTo(much.position());
          co.await(far.send(bytes("the answer\n")));
          assertThat(co.await(new SocketReader(near.readHalf()).readLine(US_ASCII)))
              .isEqualTo("the answer");
          assertThat(near.isOpen()).isTrue();
          near.readHalf().close();
          assertThat(near.isOpen()).isFalse();
        });
  }

  @Test
  @Holds("S7")
  void aSecondTaskInOneHalfIsRefusedAndTheFirstWaitsOn() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          Task<Integer> first = start(co, "first", s -> s.await(near.readHalf().recv(buffer)));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(near.readHalf().recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'first' waits already for bytes from");
          co.await(far.writeHalf().send(bytes("ab")));
          assertThat(co.await(first.join())).isEqualTo(2);
        });
  }

  @Test
  void theHalvesBelongToTheSocketAndEndWithIt() throws Exception {
    streams.withOne(
        (co, near, far) -> {
          assertThat(near.readHalf()).isSameAs(near.readHalf());
          assertThat(near.writeHalf()).isSameAs(near.writeHalf());
          assertThat(near.readHalf().socket()).isSameAs(near);
          assertThat(near.readHalf()).hasToString("read half of " + near);
          assertThat(near.writeHalf()).hasToString("write half of " + near);
          near.setIdleTimeout(java.time.Duration.ofDays(1));
          for (Foreign.Action close :
              List.<Foreign.Action>of(near.readHalf()::close, near.writeHalf()::close)) {
            assertThatThrownBy(() -> Foreign.run(close)).isInstanceOf(WrongThreadException.class);
          }
          assertThat(near.readHalf().isOpen() && near.writeHalf().isOpen()).isTrue();
          near.close("not needed");
          assertThat(near.readHalf().isOpen() || near.writeHalf().isOpen()).isFalse();
          near.readHalf().close();
          near.writeHalf().close();
          assertThatThrownBy(() -> co.await(near.writeHalf().send(bytes("x"))))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith("is closed: not needed");
          assertThat(countUntilTheEnd(co, far)).isZero();
        });
  }

  /** A proxy: each direction by a task of its own, each end passed on when it comes. */
  @Test
  void twoTasksPassBothDirectionsOnAndEachEndForItself() throws Exception {
    streams.withTwo(
        (co, client, server) -> {
          StreamSocket in = client.far();
          StreamSocket out = server.near();
          Task<?> there = start(co, "there", s -> pass(s, in.readHalf(), out.writeHalf()));
          Task<?> back = start(co, "back", s -> pass(s, out.readHalf(), in.writeHalf()));
          co.await(client.near().send(bytes("question")));
          client.near().writeHalf().close();
          assertThat(co.await(new SocketReader(server.far()).readAll(99))).hasSize(8);
          co.await(there.join());
          assertThat(in.isOpen() && out.isOpen()).isTrue();
          co.await(server.far().send(bytes("answer")));
          server.far().close();
          assertThat(co.await(new SocketReader(client.near()).readAll(99))).hasSize(6);
          co.await(back.join());
          assertThat(in.isOpen() || out.isOpen()).isFalse();
        });
  }

  private static long pass(Awaiter co, ReadHalf from, WriteHalf to) throws IOException {
    try (from;
        to) {
      return co.await(from.copyTo(to));
    }
  }
}
