package dev.heddle.samples;

import dev.heddle.net.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/**
 * What the echo servers on threads have in common: they accept on one thread, and hand each client
 * to another, which blocks in it. In them is how that other thread is found.
 */
final class ThreadServer {
  @Option(
      names = "--port",
      converter = WholeNumber.Port.class,
      description = "0 to 65535, where 0 takes a free one; default ${DEFAULT-VALUE}")
  private int port = 15_000;

  /** Accepts until SIGTERM; the threads that serve are daemons, and end with the program. */
  void accept(Terminal terminal, Consumer<Socket> handOver) throws IOException {
    ServerSocket listener = listen();
    Signals.onTerminate(() -> close(listener));
    terminal.say("listening on 127.0.0.1:" + listener.getLocalPort());
    terminal.out().flush();
    try {
      while (true) {
        Socket client = listener.accept();
        terminal.say("Got connection from " + client.getRemoteSocketAddress());
        handOver.accept(client);
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw e;
      }
    }
  }

  private ServerSocket listen() throws IOException {
    try {
      return new ServerSocket(port, 1024, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new IOException("cannot listen on 127.0.0.1:" + port + ": " + e.getMessage(), e);
    }
  }

  /** Sends back what the client sends, as it is, until the client ends or vanishes. */
  static void echo(Terminal terminal, Socket client) {
    try (client) {
      var _ = client.getInputStream().transferTo(client.getOutputStream());
      terminal.say("Client closed connection: " + client.getRemoteSocketAddress());
    } catch (IOException e) {
      terminal.say("Client vanished: " + client.getRemoteSocketAddress());
    }
  }

  private static void close(ServerSocket listener) {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
