package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Task;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketReaderTest {
  @Parameter Kind kind;

  @Test
  void headerLinesAreFollowedByCountedBytesAndThenByLinesAgain() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          co.await(near.send(bytes("POST /\r\nContent-Length: 5\r\n\r\nhelloGET /\r\n")));
          SocketReader reader = new SocketReader(far);
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("POST /");
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("Content-Length: 5");
          assertThat(co.await(reader.readLine(US_ASCII))).isEmpty();
          assertThat(co.await(reader.readExactly(5))).isEqualTo("hello".getBytes(US_ASCII));
          assertThat(co.await(reader.readLine())).isEqualTo("GET /\r\n".getBytes(US_ASCII));
          assertThat(reader.buffered()).isZero();
        });
  }

  @Test
  void theEndIsNullOrMinusOneAndAnEndInTheMiddleIsAnEofException() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          co.await(near.send(bytes("abc")));
          near.shutdownOutput();
          SocketReader reader = new SocketReader(far);
          assertThatThrownBy(() -> co.await(reader.readExactly(4)))
              .isInstanceOf(EOFException.class)
              .hasMessageContaining("ended its output after 3 of 4 bytes");
          assertThatThrownBy(() -> co.await(reader.readUntil(new byte[] {';'}, 9)))
              .isInstanceOf(EOFException.class);
          assertThat(co.await(reader.peek(9))).hasSize(3);
          assertThat(co.await(reader.readAvailable())).isEqualTo("abc".getBytes(US_ASCII));
          assertThat(co.await(reader.readExactly(4))).isNull();
          assertThat(co.await(reader.readExactly(0))).isEmpty();
          assertThat(co.await(reader.readUntil(new byte[] {';'}, 9))).isNull();
          assertThat(co.await(reader.readLine())).isNull();
          assertThat(co.await(reader.readLine(UTF_8))).isNull();
          assertThat(co.await(reader.readAvailable())).isNull();
          assertThat(co.await(reader.read(ByteBuffer.allocate(1)))).isEqualTo(-1);
          assertThat(co.await(reader.readFully(ByteBuffer.allocate(1)))).isEqualTo(-1);
          assertThat(co.await(reader.skip(7))).isZero();
          assertThat(co.await(reader.readAll(0))).isEmpty();
          assertThat(co.await(reader.peek(1))).isEmpty();
        });
  }

  @Test
  void aDelimiterOfSeveralBytesIsFoundAlsoWhereItsBeginningIsRepeatedOrComesInParts()
      throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketReader reader = new SocketReader(far);
          byte[] end = "\r\n\r\n".getBytes(US_ASCII);
          String text = "head\r\n\r\r\n\r\n";
          for (int split = 0; split <= text.length(); split++) {
            co.await(near.send(bytes(text.substring(0, split))));
            Task<byte[]> found =
                kind.submit(
                    co.task().scheduler(), "reads", c -> c.await(reader.readUntil(end, 100)));
            co.await(Task.yield());
            co.await(near.send(bytes(text.substring(split))));
            assertThat(new String(co.await(found.join()), US_ASCII)).isEqualTo(text);
          }
          co.await(near.send(bytes("123456789\r\n\r\n")));
          assertThatThrownBy(() -> co.await(reader.readUntil(end, 8)))
              .isInstanceOf(LineTooLongException.class)
              .hasMessageContaining("more than 8 bytes");
          assertThat(co.await(reader.readUntil(end, 9))).hasSize(13);
        });
  }

  @Test
  void whatIsPeekedOrPutBackIsReadNext() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketReader reader = new SocketReader(far);
          co.await(near.send(bytes("version 1\nrest\n")));
          assertThat(co.await(reader.peek(7))).isEqualTo("version".getBytes(US_ASCII));
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("version 1");
          reader.unread("a ".getBytes(US_ASCII));
          reader.unread("not ".getBytes(US_ASCII));
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("not a rest");
          reader.unread("alone\n".getBytes(US_ASCII));
          assertThat(reader.buffered()).isEqualTo(6);
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("alone");
          for (int i = 0; i < 5000; i++) {
            reader.unread(new byte[] {(byte) ('a' + i % 26)});
          }
          assertThat(co.await(reader.readExactly(5000))[4999]).isEqualTo((byte) 'a');
        });
  }

  @Test
  void textIsDecodedWithoutItsEndAndCharsetsInWhichANewlineIsMoreAreRefused() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          co.await(near.send(StandardCharsets.UTF_8.encode("gr\u00fc\u00df\r\n\r\na\rb\n\r")));
          near.shutdownOutput();
          SocketReader reader = new SocketReader(far);
          assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("gr\u00fc\u00df");
          assertThat(co.await(reader.readLine(UTF_8))).isEmpty();
          assertThat(co.await(reader.readLine(ISO_8859_1))).isEqualTo("a\rb");
          assertThat(co.await(reader.readLine(ISO_8859_1))).isEqualTo("\r");
          assertThatThrownBy(() -> reader.readLine(UTF_16))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("charset UTF-16: a newline must be the one byte 10");
        });
  }

  @Test
  void aCancelledReaderHasLostNothingAndTheNextMayReadInAnotherWay() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketReader reader = new SocketReader(far);
          co.await(near.send(bytes("half a line; ")));
          assertThatThrownBy(() -> co.await(reader.readLine().within(Duration.ofMillis(1))))
              .isInstanceOf(TimeoutException.class);
          assertThatThrownBy(() -> co.await(reader.readExactly(99).within(Duration.ofMillis(1))))
              .isInstanceOf(TimeoutException.class);
          byte[] part = co.await(reader.readUntil(";".getBytes(US_ASCII), 20));
          assertThat(part).isEqualTo("half a line;".getBytes(US_ASCII));
          co.await(near.send(bytes("and more\n")));
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo(" and more");
        });
  }

  /** What a peer announces costs nothing: only what arrives does. */
  @Test
  void aBufferGrowsWithWhatHasArrivedAndALimitOfAGigabyteCostsNothing() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketReader reader = new SocketReader(far, SocketReader.MOST_LIMIT);
          co.await(near.send(bytes("hi\n")));
          assertThat(co.await(reader.readLine())).hasSize(3);
          co.await(near.send(bytes("abc")));
          near.shutdownOutput();
          assertThatThrownBy(() -> co.await(reader.readExactly(SocketReader.MOST_LIMIT)))
              .isInstanceOf(EOFException.class);
          assertThat(co.await(reader.readAll(SocketReader.MOST_LIMIT))).hasSize(3);
          for (int limit : new int[] {0, -1, SocketReader.MOST_LIMIT + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new SocketReader(far, limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit is " + limit + ": must be 1 to 1073741824");
            assertThatThrownBy(() -> new Lines(far, limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max line length is " + limit + ": must be 1 to 1073741824");
          }
        });
  }

  /** Quadratic copying would move a hundred gigabytes. */
  @Test
  void aLineOf64MegabytesIsReadInOneGoWhileOthersHaveTheirTurns() throws Exception {
    int size = 64 << 20;
    Connections.withOne(
        kind,
        (co, near, far) -> {
          ByteBuffer line = ByteBuffer.allocateDirect(size);
          line.put(size - 1, (byte) '\n');
          Task<Integer> sender =
              kind.submit(co.task().scheduler(), "sender", s -> s.await(near.send(line)));
          int[] turns = {0};
          Task<?> other =
              kind.spawn(
                  co.task().scheduler(),
                  "other",
                  o -> {
                    while (!sender.isDone()) {
                      turns[0]++;
                      o.await(Task.yield());
                    }
                  });
          byte[] read = co.await(new SocketReader(far, size).readLine());
          assertThat(read.length).isEqualTo(size);
          co.await(other.join());
          assertThat(turns[0]).isGreaterThan(size / SocketReader.MOST_PER_TURN / 4);
        });
  }

  @Test
  void largeBodiesGoStraightIntoTheCallersBufferAndWhatIsSkippedIsNotKept() throws Exception {
    int size = 3 << 20;
    Connections.withOne(
        kind,
        (co, near, far) -> {
          byte[] body = new byte[size];
          Arrays.fill(body, (byte) 'b');
          Task<?> sender =
              kind.spawn(
                  co.task().scheduler(),
                  "sender",
                  s -> {
                    s.await(near.send(bytes("x\n")));
                    s.await(near.send(ByteBuffer.wrap(body)));
                    s.await(near.send(ByteBuffer.wrap(body)));
                    s.await(near.send(bytes("last\n")));
                  });
          SocketReader reader = new SocketReader(far);
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("x");
          ByteBuffer target = ByteBuffer.allocate(size);
          assertThat(co.await(reader.readFully(target))).isEqualTo(size);
          assertThat(target.hasRemaining()).isFalse();
          assertThat(Arrays.equals(target.array(), body)).isTrue();
          assertThat(co.await(reader.skip(size))).isEqualTo(size);
          assertThat(co.await(reader.readLine(US_ASCII))).isEqualTo("last");
          co.await(sender.join());
          assertThatThrownBy(() -> reader.read(target))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("no room to write to");
        });
  }

  /** Three connections that share the reactor's buffer; a memory of 1,300 bytes in all. */
  @Test
  void overTheMemoryOfAllThoseWhoSendMoreAreToldAndTheOthersAreServed() throws Exception {
    InputBudget budget = new InputBudget(1300);
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          SocketReader first = new SocketReader(a.far(), 9999, budget);
          SocketReader second = new SocketReader(b.far(), 9999, budget);
          co.await(a.near().send(ByteBuffer.allocate(600)));
          assertThat(co.await(first.peek(600))).hasSize(600);
          co.await(b.near().send(ByteBuffer.allocate(600)));
          co.await(second.peek(1)); // takes the shared buffer
          assertThat(budget.reserved()).isEqualTo(600);
          co.await(a.near().send(ByteBuffer.allocate(600)));
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> co.await(first.readLine()))
                .isInstanceOf(InputMemoryException.class)
                .hasMessageContaining("lost 600 bytes of input: no memory is left");
          }
          co.await(b.near().send(bytes("\n")));
          assertThat(co.await(second.readLine())).hasSize(601);
          assertThat(budget.reserved()).isZero();
        });
  }

  @Test
  void whoLosesItsBytesInTheTurnOfAnotherIsTold() throws Exception {
    InputBudget budget = new InputBudget(700);
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          SocketReader first = new SocketReader(a.far(), 9999, budget);
          SocketReader second = new SocketReader(b.far(), 9999, budget);
          co.await(b.near().send(ByteBuffer.allocate(300)));
          assertThat(co.await(second.peek(300))).hasSize(300);
          co.await(a.near().send(ByteBuffer.allocate(800)));
          assertThat(co.await(first.peek(800))).hasSize(800); // in the shared buffer
          Task<?> waits =
              kind.submit(co.task().scheduler(), "waits", c -> c.await(first.readLine()));
          co.await(Task.yield());
          co.await(b.near().send(ByteBuffer.allocate(100)));
          assertThat(co.await(second.peek(400))).hasSize(400);
          assertThatThrownBy(() -> co.await(waits.join()))
              .isInstanceOf(InputMemoryException.class)
              .hasMessageContaining("lost 800 bytes of input");
        });
  }

  /** A buffer is doubled as it grows, and the double may be too much where the line is not. */
  @Test
  void aLineForWhichThereIsMemoryIsReadHoweverItsBufferGrows() throws Exception {
    InputBudget budget = new InputBudget(64 * 1024);
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          SocketReader reader = new SocketReader(a.far(), 64 * 1024, budget);
          SocketReader other = new SocketReader(b.far(), 9999, budget);
          for (int i = 1; i <= 12; i++) {
            co.await(a.near().send(ByteBuffer.allocate(5000)));
            assertThat(co.await(reader.peek(5000 * i))).hasSize(5000 * i);
            co.await(b.near().send(bytes("short\n"))); // takes the shared buffer
            assertThat(co.await(other.readLine())).hasSize(6);
          }
          co.await(b.near().send(ByteBuffer.allocate(300)));
          assertThat(co.await(other.peek(300))).hasSize(300);
          co.await(a.near().send(bytes("\n")));
          assertThat(co.await(reader.readLine())).hasSize(60_001);
          co.await(b.near().send(bytes("\n")));
          assertThat(co.await(other.readLine())).hasSize(301);
          assertThat(budget.reserved()).isZero();
        });
  }

  @Test
  void aBudgetGivesWhatIsWantedOrWhatIsLeftOrNothing() {
    InputBudget budget = new InputBudget(100);
    assertThat(budget.reserve(10, 60)).isEqualTo(60);
    assertThat(budget.reserve(41, 50)).isEqualTo(-1);
    assertThat(budget.reserved()).isEqualTo(60);
    assertThat(budget.reserve(10, 50)).isEqualTo(40);
    assertThat(budget.reserve(0, 50)).isZero();
    assertThat(budget.reserve(1, 1)).isEqualTo(-1);
    budget.release(100);
    assertThat(budget.reserve(100, Long.MAX_VALUE)).isEqualTo(100);
  }
}
