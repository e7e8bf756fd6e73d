package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Short messages, cut into pieces in every way that there is: whatever the cuts, the reader gives
 * the same. Each piece is sent when the one before has been read. {@code -Dheddle.splits=16} for
 * messages of that many bytes.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SocketReaderSplitsTest {
  private static final int BYTES = Integer.getInteger("heddle.splits", 8);

  @Parameter Kind kind;

  /** Reads one message to its end and says what was read. */
  private interface Way {
    String read(Awaiter co, SocketReader in) throws IOException;
  }

  private static String lines(Awaiter co, SocketReader in) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = co.await(in.readLine(US_ASCII));
        line != null;
        line = co.await(in.readLine(US_ASCII))) {
      all.append('[').append(line).append(']');
    }
    return all.toString();
  }

  /** Fields of a line behind each other, as RESP and netstrings have them: a length, and bytes. */
  private static String counted(Awaiter co, SocketReader in) throws IOException {
    StringBuilder all = new StringBuilder();
    for (byte[] length = co.await(in.readUntil(new byte[] {':'}, 5));
        length != null;
        length = co.await(in.readUntil(new byte[] {':'}, 5))) {
      byte[] bytes = co.await(in.readExactly(length[0] - '0'));
      all.append('[').append(new String(bytes, US_ASCII)).append(']');
    }
    return all.toString();
  }

  private static String delimited(Awaiter co, SocketReader in) throws IOException {
    StringBuilder all = new StringBuilder();
    try {
      for (byte[] part = co.await(in.readUntil(new byte[] {'a', 'a', 'b'}, 99));
          part != null;
          part = co.await(in.readUntil(new byte[] {'a', 'a', 'b'}, 99))) {
        all.append('[').append(new String(part, US_ASCII)).append(']');
      }
    } catch (EOFException e) {
      byte[] rest = co.await(in.readAll(99));
      all.append("rest ").append(new String(rest, US_ASCII));
    }
    return all.toString();
  }

  /** Looks ahead, puts back, skips. */
  private static String mixed(Awaiter co, SocketReader in) throws IOException {
    StringBuilder all = new StringBuilder();
    for (byte[] seen = co.await(in.peek(3)); seen.length > 0; seen = co.await(in.peek(3))) {
      byte[] first = co.await(in.readExactly(1));
      in.unread(new byte[] {first[0], '!'});
      ByteBuffer two = ByteBuffer.allocate(2);
      assertThat(co.await(in.readFully(two))).isEqualTo(2);
      all.append(new String(seen, US_ASCII)).append(new String(two.array(), US_ASCII)).append(' ');
      all.append(co.await(in.skip(1)));
    }
    return all.toString();
  }

  private static String repeated(String text) {
    return text.repeat(1 + BYTES / text.length()).substring(0, BYTES);
  }

  private void sameHowever(String message, Way way) throws Exception {
    byte[] bytes = message.getBytes(US_ASCII);
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            String whole = read(co, listener, bytes, 0, way);
            assertThat(whole).isNotEmpty();
            for (int cuts = 1; cuts < 1 << (bytes.length - 1); cuts++) {
              assertThat(read(co, listener, bytes, cuts, way))
                  .as("'%s', cut as the bits of %s", message, Integer.toBinaryString(cuts))
                  .isEqualTo(whole);
            }
          });
      scheduler.run();
      Waits.assertNoneIsLeft(kind, scheduler);
    }
  }

  private String read(Awaiter co, TcpListener listener, byte[] message, int cuts, Way way)
      throws Exception {
    try (TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
        TcpSocket far = co.await(listener.accept())) {
      Task<?> sender =
          kind.spawn(co.task().scheduler(), "sender", s -> sendInPieces(s, near, message, cuts));
      String result = way.read(co, new SocketReader(far, 99));
      co.await(sender.join());
      return result;
    }
  }

  /** Bit i of the cuts: a cut behind byte i. */
  private static void sendInPieces(Awaiter s, TcpSocket to, byte[] message, int cuts)
      throws IOException {
    int from = 0;
    for (int end = 1; end <= message.length; end++) {
      if (end == message.length || (cuts >> (end - 1) & 1) == 1) {
        s.await(to.send(ByteBuffer.wrap(message, from, end - from)));
        from = end;
        s.await(Task.yield()); // the poll of this yield reports what was sent
        s.await(Task.yield()); // and this one lets the reader have its turn
      }
    }
    to.shutdownOutput();
  }

  @Test
  void linesAreTheSameWhereverTheyAreCut() throws Exception {
    sameHowever(repeated("a\r\n\nb\r"), SocketReaderSplitsTest::lines);
  }

  @Test
  void countedBytesAreTheSameWhereverTheyAreCut() throws Exception {
    sameHowever("2:a:0:1:x".repeat(1 + BYTES / 9), SocketReaderSplitsTest::counted);
  }

  @Test
  void delimitersAreFoundWhereverTheyAreCut() throws Exception {
    sameHowever(repeated("aaaabab"), SocketReaderSplitsTest::delimited);
  }

  @Test
  void whatIsLookedAtPutBackAndSkippedIsTheSameWhereverItIsCut() throws Exception {
    sameHowever(repeated("abcdefg"), SocketReaderSplitsTest::mixed);
  }
}
