package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Awaiter;
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

/** What each {@link StreamSocket} can do besides {@code recv} and {@code send}. */
@ParameterizedClass
@MethodSource("dev.heddle.net.Streams#all")
class StreamOperationsTest {
  private static final int BIG = 2 << 20;

  @Parameter Streams streams;
  @TempDir Path folder;

  private void withConnection(Streams.One test) throws IOException {
    streams.withOne(test);
  }

  private Task<?> sender(Awaiter co, StreamSocket socket, ByteBuffer buffer) {
    return streams
        .kind()
        .submit(co.task().scheduler(), "sender", s -> s.await(socket.send(buffer)));
  }

  /** All until the end of the input. */
  private static byte[] all(Awaiter co, StreamSocket socket, int atMost) throws IOException {
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
          assertThat(sent).isBetween(1, BIG);
          Task<?> waits = waitsForRoom(co, near, buffer);
          while (waits.isDone()) { // the system moves on what it has taken, and there is room again
            waits = waitsForRoom(co, near, buffer);
          }
          Task<?> drains =
              streams
                  .kind()
                  .submit(co.task().scheduler(), "drains", d -> all(d, far, 2 * BIG).length);
          co.await(waits.join());
          assertThat(near.trySend(buffer)).isPositive();
          near.shutdownOutput();
          assertThat(co.await(drains.join())).isEqualTo(buffer.position());
        });
  }

  /** Leaves no room, and waits for some; if it need not wait, there is some. */
  private Task<?> waitsForRoom(Awaiter co, StreamSocket socket, ByteBuffer buffer)
      throws Exception {
    while (socket.trySend(buffer) > 0) {
      // until no room is left
    }
    assertThat(buffer.hasRemaining()).isTrue();
    Task<?> waits =
        streams.kind().submit(co.task().scheduler(), "waits", s -> s.await(socket.writable()));
    co.await(Task.yield());
    assertThat(waits.isDone() && socket.trySend(buffer) == 0).isFalse();
    return waits;
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
              streams
                  .kind()
                  .submit(
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

  @Test
  void sendFileSendsTheWantedPartAndFailsIfTheFileIsShorter() throws Exception {
    byte[] content = random(BIG);
    Path file = Files.write(folder.resolve("file"), content);
    try (FileChannel channel = FileChannel.open(file)) {
      withConnection(
          (co, near, far) -> {
            Task<?> sender =
                streams
                    .kind()
                    .submit(
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
    streams.withTwo(
        (co, in, out) -> {
          byte[] expected = random(BIG);
          Task<Long> copy =
              streams
                  .kind()
                  .submit(
                      co.task().scheduler(),
                      "copy",
                      s -> {
                        long copied = s.await(in.far().copyTo(out.near()));
                        out.near().shutdownOutput();
                        return copied;
                      });
          Task<?> sender =
              streams
                  .kind()
                  .submit(
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
    streams.withTwo(
        (co, in, out) -> {
          byte[] expected = random(BIG);
          Task<Long> copy =
              streams
                  .kind()
                  .submit(co.task().scheduler(), "copy", s -> s.await(in.far().copyTo(out.near())));
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
          Task<?> watch =
              streams.kind().submit(co.task().scheduler(), "watch", s -> s.await(far.closed()));
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
  void aSilentConnectionIsCutAndOneWhosePeerDoesNotReadAsWell() throws Exception {
    streams.withTwo(
        (co, a, b) -> {
          a.far().setIdleTimeout(Duration.ofMillis(20));
          assertThatThrownBy(() -> co.await(a.far().recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("is closed: idle for PT0.02S");
          b.far().setProgressTimeout(Duration.ofMillis(20));
          b.far().setIdleTimeout(Duration.ofSeconds(Long.MAX_VALUE));
          assertThatThrownBy(() -> co.await(b.far().send(ByteBuffer.allocate(BIG))))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("the peer has taken nothing for PT0.02S");
          assertThatThrownBy(() -> b.near().setIdleTimeout(Duration.ZERO))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("idle timeout PT0S: must be positive");
        });
  }

  @Test
  @Holds("U5")
  void whatIsReadableGivesSomethingAndWhatIsNotGivesNothing() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer one = ByteBuffer.allocate(1);
          Task<?> waits =
              streams.kind().submit(co.task().scheduler(), "waits", s -> s.await(far.readable()));
          for (int i = 0; i < 5; i++) {
            co.await(Timers.sleep(Duration.ofMillis(1)));
          }
          assertThat(waits.isDone()).isFalse();
          assertThatThrownBy(() -> far.tryRecv(one))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'waits' waits already for something to receive from");
          co.await(near.sendAll(bytes("ab"), bytes("cde")));
          co.await(waits.join());
          StringBuilder got = new StringBuilder();
          for (int i = 0; i < 5; i++) {
            co.await(far.readable());
            assertThat(far.tryRecv(one.clear())).isEqualTo(1);
            got.append(text(one));
          }
          assertThat(got).hasToString("abcde");
          assertThat(far.tryRecv(one.clear())).isZero();
          near.close();
          co.await(far.readable());
          assertThat(far.tryRecv(one.clear())).isEqualTo(-1);
        });
  }

  /** Of an encrypted connection a part of a record is left, which no task sends. */
  @Test
  void whatTrySendHasTakenArrivesAlthoughNoTaskWaitsToSend() throws Exception {
    withConnection(
        (co, near, far) -> {
          ByteBuffer buffer = ByteBuffer.wrap(random(BIG));
          while (near.trySend(buffer) > 0) {
            // until no room is left
          }
          int taken = buffer.position();
          ByteBuffer received = ByteBuffer.allocate(BIG);
          while (received.position() < taken) {
            co.await(far.recv(received));
          }
          assertThat(received.flip()).isEqualTo(buffer.flip());
        });
  }

  @Test
  void anEndThatIsHereAlreadyIsSeenByWhoAwaitsItLaterAndByWhoWaitsBesideAReader() throws Exception {
    streams.withTwo(
        (co, a, b) -> {
          ByteBuffer two = ByteBuffer.allocate(2);
          co.await(a.near().send(bytes("abc")));
          a.near().close();
          co.await(a.far().readable());
          co.await(a.far().recv(two)); // what is left is on this side of the system
          co.await(a.far().closed());
          assertThat(new String(all(co, a.far(), 9), java.nio.charset.StandardCharsets.US_ASCII))
              .isEqualTo("c");
          Task<?> watch =
              streams.kind().submit(co.task().scheduler(), "watch", s -> s.await(b.far().closed()));
          Task<?> reader =
              streams
                  .kind()
                  .submit(co.task().scheduler(), "reader", s -> s.await(b.far().recv(two.clear())));
          co.await(Task.yield());
          co.await(b.near().send(bytes("abc")));
          b.near().close();
          co.await(reader.join());
          co.await(watch.join());
          assertThat(all(co, b.far(), 9)).hasSize(1);
        });
  }

  /** More than one turn may read, all here before the first byte is asked for. */
  @Test
  void whatIsHereAlreadyIsReadInSeveralTurnsAlthoughNothingMoreComes() throws Exception {
    streams.withTwo(
        (co, a, b) -> {
          for (StreamSocket end : new StreamSocket[] {a.near(), a.far()}) {
            end.setOption(StandardSocketOptions.SO_SNDBUF, 4 << 20);
            end.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
          }
          for (int size = SocketReader.MOST_PER_TURN - 3; size < BIG; size = 2 * size + 5000) {
            byte[] expected = random(size);
            Task<?> sender = sender(co, a.near(), ByteBuffer.wrap(expected));
            SocketReader reader = new SocketReader(a.far());
            assertThat(co.await(reader.readExactly(size))).isEqualTo(expected);
            co.await(sender.join());
            Task<Long> copy =
                streams
                    .kind()
                    .submit(co.task().scheduler(), "copy", s -> s.await(a.far().copyTo(b.near())));
            Task<?> again = sender(co, a.near(), ByteBuffer.wrap(expected));
            SocketReader behind = new SocketReader(b.far());
            assertThat(co.await(behind.readExactly(size))).isEqualTo(expected);
            co.await(again.join());
            assertThat(copy.cancel("it has copied all")).isTrue();
            co.await(Task.yield());
          }
        });
  }
}
