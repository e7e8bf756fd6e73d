package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Turn;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link TcpSocket} can do besides {@code recv} and {@code send}. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketOperationsTest {
  private static final int BIG = 8 << 20;

  @Parameter Kind kind;
  @TempDir Path folder;

  private void withConnection(Connections.One test) throws IOException {
    Connections.withOne(kind, test);
  }

  private Task<?> sender(Turn co, TcpSocket socket, ByteBuffer buffer) {
    return kind.submit(co.task().scheduler(), "sender", s -> s.await(socket.send(buffer)));
  }

  /** All until the end of the input. */
  private static byte[] all(Turn co, TcpSocket socket, int atMost) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(atMost + 1);
    while (co.await(socket.recv(buffer)) >= 0) {
      // until the end
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void tryRecvGivesWhatIsThereAndNothingOtherwise() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThat(far.tryRecv(buffer)).isZero();
          assertThat(near.trySend(bytes("ab"))).isEqualTo(2);
          co.await(far.readable());
          assertThat(far.tryRecv(buffer)).isEqualTo(2);
          near.shutdownOutput();
          co.await(far.readable());
          assertThat(far.tryRecv(buffer)).isEqualTo(-1);
        });
  }

  @Test
  void trySendAndSendSomeTakeWhatHasRoomAndWritableWaitsForRoom() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.allocateDirect(BIG);
          int sent = co.await(near.sendSome(buffer));
          while (near.trySend(buffer) > 0) {
            // until no room is left
          }
          assertThat(sent).isBetween(1, BIG);
          assertThat(buffer.hasRemaining()).isTrue();
          Task<?> waits =
              kind.submit(co.task().scheduler(), "waits", s -> s.await(near.writable()));
          co.await(Task.yield());
          assertThat(waits.isDone()).isFalse();
          Task<?> drains =
              kind.submit(co.task().scheduler(), "drains", d -> all(d, far, 2 * BIG).length);
          co.await(waits.join());
          assertThat(near.trySend(buffer)).isPositive();
          near.shutdownOutput();
          assertThat(co.await(drains.join())).isEqualTo(buffer.position());
        });
  }

  @Test
  @Holds("S7")
  void whileOneTaskSendsNoOtherCallMaySendNorEndTheOutput() throws Exception {
    withConnection(
        (co, near, far) -> {
          Task<?> first = sender(co, near, ByteBuffer.allocate(BIG));
          co.await(Task.yield());
          ByteBuffer more = bytes("x");
          for (var second :
              Arrays.asList(near.send(more), near.sendSome(more), near.sendAll(more))) {
            assertThatThrownBy(() -> co.await(second))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("task 'sender' waits already for room to send");
          }
          assertThatThrownBy(() -> near.trySend(more)).isInstanceOf(SocketException.class);
          assertThatThrownBy(near::shutdownOutput)
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("cannot end the output: task 'sender' waits for room to send");
          assertThat(more.position()).isZero();
          ByteBuffer drain = ByteBuffer.allocate(BIG + 1);
          while (drain.position() < BIG) {
            co.await(far.recv(drain));
          }
          assertThat(first.isDone() || co.await(first.join()).equals(BIG)).isTrue();
          near.shutdownOutput();
          assertThat(co.await(far.recv(drain))).isEqualTo(-1);
        });
  }

  @Test
  @Holds("S11")
  void aForeignThreadIsRefusedAndChangesNothing() throws Exception {
    withConnection(
        (co, near, far) -> {
          co.await(near.send(bytes("a")));
          for (Foreign.Action call :
              Arrays.<Foreign.Action>asList(
                  near::finishReading,
                  near::shutdownOutput,
                  near::abort,
                  near::close,
                  () -> near.trySend(bytes("x")))) {
            assertThatThrownBy(() -> Foreign.run(call)).isInstanceOf(WrongThreadException.class);
          }
          co.await(far.send(bytes("still")));
          assertThat(co.await(near.recv(ByteBuffer.allocate(9)))).isEqualTo(5);
        });
  }

  @Test
  void sendAllSendsSmallAndLargeBuffersInOrder() throws Exception {
    withConnection(
        (co, near, far) -> {
          byte[] expected = random(BIG);
          int[] cuts = {0, 0, 1, 5, 5000, 5001, 30_000, 30_010, 400_000, BIG};
          ByteBuffer[] parts = new ByteBuffer[cuts.length - 1];
          for (int i = 0; i < parts.length; i++) {
            parts[i] = ByteBuffer.wrap(expected, cuts[i], cuts[i + 1] - cuts[i]);
          }
          Task<?> sender =
              kind.submit(
                  co.task().scheduler(),
                  "sender",
                  s -> {
                    long sent = s.await(near.sendAll(parts));
                    near.shutdownOutput();
                    return sent;
                  });
          assertThat(all(co, far, BIG)).isEqualTo(expected);
          assertThat(co.await(sender.join())).isEqualTo((long) BIG);
          assertThat(co.await(far.sendAll())).isZero();
        });
  }

  /** Fault 23: the JDK keeps a native copy of a heap buffer that it writes, for each thread. */
  @Test
  void aLargeHeapBufferIsWrittenInPieces() throws Exception {
    long before = direct();
    withConnection(
        (co, near, far) -> {
          Task<?> sender = sender(co, near, ByteBuffer.allocate(100 << 20));
          ByteBuffer drain = ByteBuffer.allocateDirect(1 << 20);
          for (long left = 100 << 20; left > 0; ) {
            left -= co.await(far.recv(drain.clear()));
          }
          co.await(sender.join());
          assertThat(direct() - before).isLessThan(10 << 20);
        });
  }

  private static long direct() {
    return java.lang.management.ManagementFactory.getPlatformMXBeans(
            java.lang.management.BufferPoolMXBean.class)
        .stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void sendFileSendsTheWantedPartAndFailsIfTheFileIsShorter() throws Exception {
    byte[] content = random(BIG);
    Path file = Files.write(folder.resolve("file"), content);
    try (FileChannel channel = FileChannel.open(file)) {
      withConnection(
          (co, near, far) -> {
            Task<?> sender =
                kind.submit(
                    co.task().scheduler(),
                    "sender",
                    s -> {
                      long sent = s.await(near.sendFile(channel, 3, BIG - 5));
                      near.shutdownOutput();
                      return sent;
                    });
            assertThat(all(co, far, BIG)).isEqualTo(Arrays.copyOfRange(content, 3, BIG - 2));
            assertThat(co.await(sender.join())).isEqualTo((long) BIG - 5);
            assertThatThrownBy(() -> co.await(far.sendFile(channel, BIG - 2, 3)))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("has " + BIG + " bytes");
            assertThatThrownBy(() -> far.sendFile(channel, -1, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position -1");
          });
    }
  }

  @Test
  void copyToPassesAllOnAndReadsNoMoreThanTheTargetTakes() throws Exception {
    Connections.withTwo(
        kind,
        (co, in, out) -> {
          byte[] expected = random(BIG);
          Task<Long> copy =
              kind.submit(
                  co.task().scheduler(),
                  "copy",
                  s -> {
                    long copied = s.await(in.far().copyTo(out.near()));
                    out.near().shutdownOutput();
                    return copied;
                  });
          Task<?> sender =
              kind.submit(
                  co.task().scheduler(),
                  "sender",
                  s -> {
                    int sent = s.await(in.near().send(ByteBuffer.wrap(expected)));
                    in.near().shutdownOutput();
                    return sent;
                  });
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(in.far().recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'copy' waits already for all from");
          assertThat(all(co, out.far(), BIG)).isEqualTo(expected);
          co.await(sender.join());
          assertThat(co.await(copy.join())).isEqualTo(BIG);
        });
  }

  @Test
  @Holds("S5")
  void aCancelledCopyHasLostNoByte() throws Exception {
    Connections.withTwo(
        kind,
        (co, in, out) -> {
          byte[] expected = random(BIG);
          Task<Long> copy =
              kind.submit(co.task().scheduler(), "copy", s -> s.await(in.far().copyTo(out.near())));
          Task<?> sender = sender(co, in.near(), ByteBuffer.wrap(expected));
          for (int i = 0; i < 100; i++) {
            co.await(Task.yield());
          }
          assertThat(copy.cancel("enough")).isTrue();
          co.await(Task.yield());
          out.near().shutdownOutput();
          byte[] passedOn = all(co, out.far(), BIG);
          ByteBuffer kept = ByteBuffer.allocate(BIG - passedOn.length + 1);
          while (!sender.isDone() || kept.position() + passedOn.length < BIG) {
            co.await(in.far().recv(kept));
          }
          ByteBuffer both = ByteBuffer.allocate(BIG).put(passedOn).put(kept.flip());
          assertThat(both.array()).isEqualTo(expected);
        });
  }

  @Test
  void closedTellsOfThePeersEndWhileNobodyReadsAndKeepsWhatCameBefore() throws Exception {
    withConnection(
        (co, near, far) -> {
          Task<?> watch = kind.submit(co.task().scheduler(), "watch", s -> s.await(far.closed()));
          byte[] expected = random(5000);
          co.await(near.send(ByteBuffer.wrap(expected)));
          for (int i = 0; i < 10; i++) {
            co.await(Timers.sleep(Duration.ofMillis(1)));
          }
          assertThat(watch.isDone()).isFalse();
          near.close();
          co.await(watch.join());
          assertThat(all(co, far, 5000)).isEqualTo(expected);
          co.await(far.closed()); // it is over for good
        });
  }

  @Test
  void closedTellsOfAResetOfAReadEndAndOfOnesOwnClose() throws Exception {
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          Task<?> reset =
              kind.submit(co.task().scheduler(), "reset", s -> s.await(a.far().closed()));
          Task<?> own = kind.submit(co.task().scheduler(), "own", s -> s.await(b.far().closed()));
          Task<?> ended =
              kind.submit(co.task().scheduler(), "end", s -> s.await(b.near().closed()));
          Task<Integer> reader =
              kind.submit(
                  co.task().scheduler(),
                  "reader",
                  s -> s.await(b.near().recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(b.near().closed()))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'end' waits already for the end of");
          a.near().abort();
          b.far().close();
          co.await(reset.join());
          co.await(own.join());
          co.await(ended.join());
          assertThat(co.await(reader.join())).isEqualTo(-1);
          assertThatThrownBy(() -> co.await(a.far().send(bytes("x"))))
              .isInstanceOf(SocketException.class);
        });
  }

  /** Row 27: what was sent arrives, although the other side's bytes were not read. */
  @Test
  void closeWithUnreadInputLosesNothingThatWasSentAndAbortMayLoseAll() throws Exception {
    withConnection(
        (co, near, far) -> {
          int size = 1_500_000;
          co.await(near.send(bytes("unread")));
          co.await(far.readable());
          Task<?> sender = sender(co, far, ByteBuffer.allocate(size));
          ByteBuffer received = ByteBuffer.allocate(size + 1);
          while (!sender.isDone()) {
            co.await(near.recv(received));
          }
          far.close();
          assertThat(far.isOpen()).isFalse();
          assertThatThrownBy(() -> co.await(far.send(bytes("x"))))
              .isInstanceOf(SocketClosedException.class);
          co.await(near.send(bytes("unread, too")));
          while (co.await(near.recv(received)) >= 0) {
            // until the end
          }
          assertThat(received.position()).isEqualTo(size);
        });
    withConnection(
        (co, near, far) -> {
          co.await(far.send(bytes("x")));
          far.abort();
          assertThatThrownBy(
                  () -> {
                    while (co.await(near.recv(ByteBuffer.allocate(9))) >= 0) {
                      // until the reset
                    }
                  })
              .isInstanceOf(SocketResetException.class);
        });
  }

  @Test
  void aLingeringCloseEndsWhenItsTimeIsOver() throws Exception {
    withConnection(
        (co, near, far) -> {
          far.setLinger(Duration.ofMillis(20));
          co.await(far.send(bytes("bye")));
          far.close();
          assertThat(text(received(co, near, 3))).isEqualTo("bye");
          assertThatThrownBy(
                  () -> {
                    while (true) { // the peer discards, until it closes for good
                      co.await(near.send(bytes("more")));
                      co.await(Timers.sleep(Duration.ofMillis(1)));
                    }
                  })
              .isInstanceOf(SocketResetException.class);
          assertThatThrownBy(() -> near.setLinger(Duration.ofMillis(-1)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("PT-0.001S");
        });
  }

  private static ByteBuffer received(Turn co, TcpSocket socket, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      co.await(socket.recv(buffer));
    }
    return buffer;
  }

  @Test
  void aSilentConnectionIsCutAndOneWhosePeerDoesNotReadAsWell() throws Exception {
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          a.far().setIdleTimeout(Duration.ofMillis(20));
          assertThatThrownBy(() -> co.await(a.far().recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("is closed: idle for PT0.02S");
          b.far().setProgressTimeout(Duration.ofMillis(20));
          b.far().setIdleTimeout(Duration.ofSeconds(Long.MAX_VALUE));
          assertThatThrownBy(() -> co.await(b.far().send(ByteBuffer.allocate(64 << 20))))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("the peer has taken nothing for PT0.02S");
          assertThatThrownBy(() -> b.near().setIdleTimeout(Duration.ZERO))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("idle timeout PT0S: must be positive");
        });
  }

  @Test
  void optionsAreThoseOfTheJdkAndAStrangeOneIsNamed() throws Exception {
    withConnection(
        (co, near, far) -> {
          near.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
          assertThat(near.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
          near.setOption(StandardSocketOptions.TCP_NODELAY, false);
          assertThat(near.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
          assertThatThrownBy(() -> near.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true))
              .isInstanceOf(UnsupportedOperationException.class)
              .hasMessage(near + " has no option IP_MULTICAST_LOOP");
          assertThatThrownBy(() -> near.setOption(StandardSocketOptions.SO_RCVBUF, -1))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith("SO_RCVBUF -1 for " + near);
        });
  }
}
