package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random bytes in random pieces, read in all ways in a random order, beside what a plain array says
 * must be read. {@code -Dheddle.fuzz.cases} sets the number of reads for each kind; a million takes
 * a minute or two.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class SocketReaderFuzzTest {
  private static final int CASES = Integer.getInteger("heddle.fuzz.cases", 20_000);

  @Parameter Kind kind;

  @Test
  void everyWayOfReadingGivesWhatWasSentWhateverThePieces() throws Exception {
    long seed = Long.getLong("heddle.fuzz.seed", System.nanoTime());
    byte[] sent = new byte[40 * CASES];
    Random random = new Random(seed);
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) "\n\r;ab\u00ff".charAt(random.nextInt(6));
    }
    Connections.withTwo(
        kind,
        (co, a, b) -> {
          Task<?> sender =
              kind.spawn(
                  co.task().scheduler(), "sender", s -> sendInPieces(s, a.near(), sent, random));
          Task<?> other = kind.spawn(co.task().scheduler(), "other", o -> disturb(o, b, sender));
          Model model = new Model(new SocketReader(a.far()), sent, new Random(seed + 1));
          while (model.at < sent.length) {
            try {
              model.readOnce(co);
            } catch (IOException | AssertionError e) {
              throw new AssertionError("seed " + seed + ", at " + model.at, e);
            }
          }
          assertThat(co.await(model.reader.readLine())).isNull();
          b.near().shutdownOutput();
          co.await(sender.join());
          co.await(other.join());
        });
  }

  private static void sendInPieces(Awaiter s, TcpSocket to, byte[] sent, Random random)
      throws IOException {
    for (int at = 0; at < sent.length; ) {
      int piece = 1 + random.nextInt(random.nextInt(50) == 0 ? 5000 : 30);
      int count = Math.min(piece, sent.length - at);
      s.await(to.send(ByteBuffer.wrap(sent, at, count)));
      at += count;
      if (random.nextInt(3) > 0) {
        s.await(Task.yield());
      }
    }
    to.shutdownOutput();
  }

  /** Takes the reactor's shared buffer again and again. */
  private static void disturb(Awaiter o, Connections.Pair pair, Task<?> sender) throws IOException {
    SocketReader reader = new SocketReader(pair.far());
    while (!sender.isDone()) {
      o.await(pair.near().send(Connections.bytes("disturb\nrest")));
      assertThat(o.await(reader.readLine())).isNotNull();
      o.await(Task.yield());
    }
  }

  /** The reader, and how far the array was read. */
  private static final class Model {
    private static final byte[][] DELIMITERS = {{';'}, {'\r', '\n'}, {'a', 'a', 'b'}};

    private final SocketReader reader;
    private final byte[] sent;
    private final Random random;
    private int at;

    Model(SocketReader reader, byte[] sent, Random random) {
      this.reader = reader;
      this.sent = sent;
      this.random = random;
    }

    void readOnce(Awaiter co) throws IOException {
      int count = 1 + random.nextInt(60);
      switch (random.nextInt(10)) {
        case 0, 1 -> expect(co.await(reader.readLine(sent.length)), endOf(new byte[] {'\n'}, true));
        case 2 -> text(co);
        case 3 -> until(co, DELIMITERS[random.nextInt(DELIMITERS.length)]);
        case 4 -> exactly(co, count);
        case 5 -> some(co.await(reader.readAvailable()));
        case 6 -> into(co, new byte[count]);
        case 7 -> fully(co, new byte[count]);
        case 8 -> at += Math.toIntExact(co.await(reader.skip(count)));
        default -> lookAhead(co, count);
      }
    }

    private void expect(byte[] read, int end) {
      assertThat(read).isEqualTo(Arrays.copyOfRange(sent, at, end));
      at = end;
    }

    /** Where what begins here ends; -1 if the delimiter does not come and must. */
    private int endOf(byte[] delimiter, boolean orEnd) {
      for (int end = at + delimiter.length; end <= sent.length; end++) {
        if (Arrays.equals(sent, end - delimiter.length, end, delimiter, 0, delimiter.length)) {
          return end;
        }
      }
      return orEnd ? sent.length : -1;
    }

    private void text(Awaiter co) throws IOException {
      int end = endOf(new byte[] {'\n'}, true);
      String line = new String(sent, at, end - at, StandardCharsets.ISO_8859_1);
      assertThat(co.await(reader.readLine(StandardCharsets.ISO_8859_1)))
          .isEqualTo(line.replaceFirst("\\r?\n\\z", ""));
      at = end;
    }

    private void until(Awaiter co, byte[] delimiter) throws IOException {
      int end = endOf(delimiter, false);
      if (end >= 0) {
        expect(co.await(reader.readUntil(delimiter, sent.length)), end);
      } else {
        some(co.await(reader.readAvailable()));
      }
    }

    private void exactly(Awaiter co, int count) throws IOException {
      int most = Math.min(count, sent.length - at);
      expect(co.await(reader.readExactly(most)), at + most);
    }

    private void some(byte[] read) {
      expect(read, at + read.length);
    }

    private void into(Awaiter co, byte[] target) throws IOException {
      int count = co.await(reader.read(ByteBuffer.wrap(target)));
      expect(Arrays.copyOf(target, count), at + count);
    }

    private void fully(Awaiter co, byte[] target) throws IOException {
      int most = Math.min(target.length, sent.length - at);
      int count = co.await(reader.readFully(ByteBuffer.wrap(target, 0, most)));
      expect(Arrays.copyOf(target, count), at + count);
    }

    private void lookAhead(Awaiter co, int count) throws IOException {
      byte[] seen = co.await(reader.peek(count));
      assertThat(seen).isEqualTo(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + count)));
      if (random.nextBoolean()) {
        reader.unread(new byte[] {1, 2, 3});
        assertThat(co.await(reader.readExactly(3))).containsExactly(1, 2, 3);
      }
    }
  }
}
