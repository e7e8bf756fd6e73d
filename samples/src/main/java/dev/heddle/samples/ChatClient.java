package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Somebody at a chat server. */
record ChatClient(TcpSocket socket, Lines lines) implements AutoCloseable {
  static ChatClient connect(Awaiter co, InetSocketAddress server) throws IOException {
    TcpSocket socket = co.await(TcpSocket.connect(server));
    return new ChatClient(socket, new Lines(socket));
  }

  void say(Awaiter co, String line) throws IOException {
    co.await(socket.send(UTF_8.encode(line + "\n")));
  }

  String read(Awaiter co) throws IOException {
    byte[] line = co.await(lines.readLine());
    return line == null ? "the end" : new String(line, UTF_8).strip();
  }

  @Override
  public void close() {
    socket.close();
  }
}
