package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** More clients of an echo server than it has descriptors for; each has sent a line. */
final class Crowd implements AutoCloseable {
  /** A client, and what the server still owes it. */
  private record Waiting(SocketChannel channel, ByteBuffer answer, String expected) {}

  private final List<Waiting> waiting = new ArrayList<>();

  /** Connects so many. */
  Crowd(int port, int clients) throws IOException {
    for (int i = 0; i < clients; i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      channel.write(ByteBuffer.wrap(("client " + i + "\n").getBytes(ISO_8859_1)));
      channel.configureBlocking(false);
      String expected = "GOT:client " + i + "\n";
      waiting.add(new Waiting(channel, ByteBuffer.allocate(expected.length()), expected));
    }
  }

  /** Each goes when it has its answer, which makes room for the next, until none is left. */
  void goOneByOne() {
    Until.true_(
        "all are answered",
        () -> {
          waiting.removeIf(Crowd::goesWithItsAnswer);
          return waiting.isEmpty();
        });
  }

  private static boolean goesWithItsAnswer(Waiting client) {
    try {
      int count = client.channel.read(client.answer);
      assertThat(count)
          .as(() -> "the server has hung up on who waits for " + client)
          .isNotEqualTo(-1);
      if (client.answer.hasRemaining()) {
        return false;
      }
      assertThat(ISO_8859_1.decode(client.answer.flip()).toString()).isEqualTo(client.expected);
      client.channel.close();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(client.expected, e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Waiting client : waiting) {
      client.channel.close();
    }
  }
}
