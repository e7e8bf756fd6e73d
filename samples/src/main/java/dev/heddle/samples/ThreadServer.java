package dev.heddle.samples;

import dev.heddle.net.Signals;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/**
 * What the echo servers on threads have in common: they accept on one thread, and hand each client
 * to another, which blocks in it. In them is how that other thread is found.
 */
final class ThreadServer {
  private static final byte[] PREFIX = "GOT:".getBytes(StandardCharsets.US_ASCII);

  @Option(
      names = "--port",
      converter = WholeNumber.Port.class,
      description = "0 to 65535, where 0 takes a free one; default ${DEFAULT-VALUE}")
  private int port = 16_000;

  /** Accepts until SIGTERM; the threads that serve are daemons, and end with the program. */
  void accept(Terminal terminal, Consumer<Socket> handOver) throws IOException {
    ServerSocket listener = listen();
    Signals.onTerminate(() -> close(listener));
    terminal.say("listening on 127.0.0.1:" + listener.getLocalPort());
    terminal.out().flush();
    try {
      while (true) {
        handOver.accept(listener.accept());
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

  /** Answers each line of the client's, until it ends or vanishes. */
  static void echo(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      ByteArrayOutputStream reply = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (reply.size() == 0) {
          reply.writeBytes(PREFIX);
        }
        reply.write(b);
        if (b == '\n') {
          reply.writeTo(out);
          reply.reset();
        }
      }
      reply.writeTo(out);
    } catch (IOException e) {
      // that client is gone; the others stay
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
