package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A client that makes an echo server's drain last, and another that behaves. The first has sent
 * lines and reads no reply, until the server can write no more and so reads no more. (One with an
 * unfinished line would not do: the drain answers it, and hangs up.)
 */
record Clog(SocketChannel silent, Socket other) implements AutoCloseable {

  static Clog on(int port) throws IOException {
    Clog clog =
        new Clog(
            SocketChannel.open(new InetSocketAddress("127.0.0.1", port)),
            new Socket("127.0.0.1", port));
    clog.fill();
    return clog;
  }

  /**
   * That the server reads no more is known when there was no room to send while the other client
   * had many replies: for each of these the server has looked at both.
   */
  private void fill() throws IOException {
    silent.configureBlocking(false);
    ByteBuffer lines = ByteBuffer.wrap("\n".repeat(64 * 1024).getBytes(ISO_8859_1));
    for (int replies = 0; replies < 200; replies++) {
      if (silent.write(lines.clear()) > 0) {
        replies = 0;
      }
      other.getOutputStream().write("and you?\n".getBytes(ISO_8859_1));
      assertThat(other.getInputStream().readNBytes(13)).asString().isEqualTo("GOT:and you?\n");
    }
  }

  @Override
  public void close() throws IOException {
    silent.close();
    other.close();
  }
}
