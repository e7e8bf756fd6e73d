package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LinesTest {
  @Parameter Kind kind;

  @Test
  void linesAreReadOneByOneWithTheirNewlinesAndTheLastAsItIs() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          co.await(near.send(bytes("one\n\nthree\r\nlast")));
          near.shutdownOutput();
          Lines lines = new Lines(far);
          List<String> read = new ArrayList<>();
          for (byte[] l = co.await(lines.readLine()); l != null; l = co.await(lines.readLine())) {
            read.add(new String(l, StandardCharsets.US_ASCII));
          }
          assertThat(read).containsExactly("one\n", "\n", "three\r\n", "last");
        });
  }

  @Test
  void aLineOverTheMaximumFailsEachTime() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          co.await(near.send(bytes("ok\n123456789")));
          Lines lines = new Lines(far, 8);
          assertThat(co.await(lines.readLine())).hasSize(3);
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> co.await(lines.readLine()))
                .isInstanceOf(LineTooLongException.class)
                .hasMessageContaining("a line of more than 8 bytes");
            assertThat(lines.poll(ByteBuffer.allocate(20))).isZero();
          }
        });
  }

  @Test
  void hasLineTakesNothingAndPollGivesEachLineThatFitsWithoutWaiting() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Lines lines = new Lines(far);
          ByteBuffer all = ByteBuffer.allocate(20);
          assertThat(lines.poll(all)).isZero();
          co.await(near.send(bytes("a\nbb\nccc")));
          assertThat(co.await(lines.hasLine())).isTrue();
          assertThat(co.await(lines.hasLine())).isTrue();
          assertThat(lines.poll(all)).isEqualTo(2);
          assertThat(lines.poll(ByteBuffer.allocate(2))).isZero();
          assertThat(lines.poll(all)).isEqualTo(3);
          assertThat(lines.poll(all)).isZero();
          near.shutdownOutput();
          assertThat(co.await(lines.hasLine())).isTrue();
          assertThat(lines.poll(all)).isEqualTo(3);
          assertThat(co.await(lines.hasLine())).isFalse();
          assertThat(text(all)).isEqualTo("a\nbb\nccc");
        });
  }

  /** The reactor lends its buffer to one connection at a time. */
  @Test
  void whatOneConnectionHasLeftIsKeptWhenTheNextReads() throws Exception {
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          Lines left = new Lines(a.far());
          Lines right = new Lines(b.far());
          co.await(a.near().send(bytes("a1\na2\na3\nhal")));
          co.await(b.near().send(bytes("b1\nb2\nb")));
          assertThat(co.await(left.hasLine())).isTrue();
          assertThat(co.await(right.hasLine())).isTrue();
          assertThat(line(co, left)).isEqualTo("a1\n");
          co.await(a.near().send(bytes("f\n")));
          co.await(b.near().send(bytes("3\n")));
          assertThat(List.of(line(co, left), line(co, left))).containsExactly("a2\n", "a3\n");
          assertThat(List.of(line(co, right), line(co, right))).containsExactly("b1\n", "b2\n");
          assertThat(line(co, left)).isEqualTo("half\n");
          assertThat(line(co, right)).isEqualTo("b3\n");
        });
  }

  /**
   * "A buffer is held only while bytes are left in it, and no more bytes count as scanned than are
   * left": asserted at each step of two connections that share the buffer, at all splits.
   */
  @Test
  void aBufferIsHeldOnlyWhileBytesAreLeftInIt() throws Exception {
    String text = "one\n\nthree\nlast";
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          Lines left = new Lines(a.far());
          Lines right = new Lines(b.far());
          ByteBuffer got = ByteBuffer.allocate(100);
          for (int split = 0; split <= text.length(); split++) {
            co.await(a.near().send(bytes(text.substring(0, split))));
            co.await(b.near().send(bytes("between\n")));
            assertThat(line(co, right)).isEqualTo("between\n");
            co.await(a.near().send(bytes(text.substring(split) + "\n")));
            for (int i = 0; i < 4; i++) {
              assertThat(co.await(left.hasLine())).isTrue();
              assertThat(left.poll(got)).isPositive();
            }
            assertThat(text(got)).isEqualTo(text + "\n");
            got.clear();
          }
        });
  }

  private static String line(Awaiter co, Lines lines) throws IOException {
    return new String(co.await(lines.readLine()), StandardCharsets.US_ASCII);
  }

  @Test
  void whatIsComposedIsSentAlsoIfTheSystemTakesItInPartsAndOthersComposeMeanwhile()
      throws Exception {
    int size = 20 << 20;
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          Task<Integer> sender =
              kind.submit(
                  co.task().scheduler(),
                  "sender",
                  s -> s.await(a.near().send(size, out -> fill(out, size))));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(a.near().send(1, out -> out.put((byte) 0))))
              .hasMessageContaining("task 'sender' waits already for room to send");
          co.await(b.near().send(size, out -> out.put(new byte[1000])));
          ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
          for (int received = 0; received < size; ) {
            int count = co.await(a.far().recv(buffer.clear()));
            assertThat(buffer.get(0)).isEqualTo((byte) received);
            assertThat(buffer.get(count - 1)).isEqualTo((byte) (received + count - 1));
            received += count;
          }
          assertThat(co.await(sender.join())).isEqualTo(size);
        });
  }

  private static void fill(ByteBuffer out, int size) {
    for (int i = 0; i < size; i++) {
      out.put((byte) i);
    }
  }

  @Test
  void whatTheComposerThrowsIsThrownAtTheAwaitAndNothingIsSent() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          assertThatThrownBy(() -> co.await(near.send(9, out -> fill(out, out.capacity() + 1))))
              .isInstanceOf(java.nio.BufferOverflowException.class);
          assertThat(co.await(near.send(9, out -> out.put(bytes("ok"))))).isEqualTo(2);
          ByteBuffer buffer = ByteBuffer.allocate(9);
          assertThat(co.await(far.recv(buffer))).isEqualTo(2);
          assertThatThrownBy(() -> near.send(0, out -> {}))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("capacity 0: must be 1 or more");
        });
  }
}
