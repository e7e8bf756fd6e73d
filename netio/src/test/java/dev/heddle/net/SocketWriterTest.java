package dev.heddle.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketWriterTest {
  @Parameter Kind kind;

  @Test
  void whatIsWrittenIsSentByFlushInOrderAndNotBefore() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketWriter writer = new SocketWriter(near);
          assertThat(co.await(writer.write("HTTP/1.1 ".getBytes(US_ASCII)))).isEqualTo(9);
          assertThat(co.await(writer.writeLine("gr\u00fc\u00df"))).isEqualTo(7);
          co.await(writer.write("\u00fc", ISO_8859_1));
          ByteBuffer one = ByteBuffer.wrap(new byte[] {1});
          ByteBuffer two = ByteBuffer.wrap(new byte[] {2, 3});
          assertThat(co.await(writer.write(one, two))).isEqualTo(3);
          assertThat(one.hasRemaining() || two.hasRemaining()).isFalse();
          assertThat(writer.buffered()).isEqualTo(20);
          assertThat(co.await(writer.flush())).isEqualTo(20);
          assertThat(writer.buffered()).isZero();
          assertThat(co.await(writer.flush())).isZero();
          SocketReader reader = new SocketReader(far);
          assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("HTTP/1.1 gr\u00fc\u00df");
          assertThat(co.await(reader.readExactly(4))).containsExactly((byte) 0xFC, 1, 2, 3);
        });
  }

  @Test
  void aWriteThatIsAwaitedAgainWritesOnceMore() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketWriter writer = new SocketWriter(near);
          YieldEvent<Integer, IOException> line = writer.writeLine("again");
          for (int i = 0; i < 3; i++) {
            assertThat(co.await(line)).isEqualTo(6);
          }
          co.await(writer.flush());
          assertThat(co.await(new SocketReader(far).readExactly(18))).hasSize(18);
        });
  }

  @Test
  void twoWritersThatShareTheBufferKeepTheirBytesApart() throws Exception {
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          SocketWriter left = new SocketWriter(a.near());
          SocketWriter right = new SocketWriter(b.near());
          for (int i = 0; i < 100; i++) {
            co.await(left.writeLine("left " + i));
            co.await(right.writeLine("right " + i));
            if (i % 7 == 0) {
              co.await(left.flush());
            }
            co.await(b.near().send(5, out -> out.put("sent\n".getBytes(US_ASCII))));
          }
          co.await(left.flush());
          co.await(right.flush());
          SocketReader atLeft = new SocketReader(a.far());
          SocketReader atRight = new SocketReader(b.far());
          for (int i = 0; i < 100; i++) {
            assertThat(co.await(atLeft.readLine(UTF_8))).isEqualTo("left " + i);
            assertThat(co.await(atRight.readLine(UTF_8))).isEqualTo("sent");
          }
          for (int i = 0; i < 100; i++) {
            assertThat(co.await(atRight.readLine(UTF_8))).isEqualTo("right " + i);
          }
        });
  }

  /** A peer who does not read holds up who writes to it, and the memory stays small. */
  @Test
  void aWriteOverTheHighWaterMarkWaitsUntilThePeerHasReadAndNeverGathersMore() throws Exception {
    int size = 20 << 20;
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketWriter writer = new SocketWriter(near, 1000, 100_000);
          int[] written = {0};
          Task<?> task =
              kind.spawn(
                  co.task().scheduler(),
                  "writer",
                  w -> {
                    for (int at = 0; at < size; at += 10_000) {
                      int count = Math.min(10_000, size - at);
                      w.await(writer.write(ByteBuffer.wrap(bytes, at, count)));
                      assertThat(writer.buffered()).isLessThanOrEqualTo(100_000);
                      written[0] += count;
                    }
                    w.await(writer.flush());
                  });
          int before = -1;
          while (before != written[0]) { // until the system takes no more
            before = written[0];
            for (int i = 0; i < 1000; i++) {
              co.await(Task.yield());
            }
          }
          assertThat(written[0]).isLessThan(size);
          assertThat(writer.tryWrite(new byte[100_001])).isFalse();
          assertThatThrownBy(() -> co.await(writer.flush()))
              .hasMessageContaining("task 'writer' waits already for room to send");
          SocketReader reader = new SocketReader(far);
          ByteBuffer got = ByteBuffer.allocate(size);
          assertThat(co.await(reader.readFully(got))).isEqualTo(size);
          assertThat(got.flip()).isEqualTo(ByteBuffer.wrap(bytes));
          co.await(task.join());
        });
  }

  @Test
  void tryWriteWritesIfThereIsRoomAndMarksThatCannotWorkAreRefused() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketWriter writer = new SocketWriter(near, 0, 10);
          assertThat(writer.tryWrite("12345\n".getBytes(US_ASCII))).isTrue();
          assertThat(writer.tryWrite("12345\n".getBytes(US_ASCII))).isFalse();
          co.await(writer.flush());
          assertThat(co.await(new SocketReader(far).readLine(US_ASCII))).isEqualTo("12345");
          assertThatThrownBy(() -> new SocketWriter(near, 10, 10))
              .hasMessage(
                  "low water mark is 10: must be 0 or more, and less than the high one, 10");
          assertThatThrownBy(() -> new SocketWriter(near, 0, 0))
              .hasMessage("high water mark is 0: must be 1 to 1073741824");
        });
  }
}
