package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import com.sun.net.httpserver.HttpServer;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Each task fetches a page through one object that they share, and opens a connection of its own
 * (Python Cookbook 12.6: {@code with conn as s: s.send(...)} in two threads).
 *
 * <p>You will see two tasks get the page over HTTP at the same time, by one {@link LazyConnection}:
 * {@code Got 2048 bytes} of body each, from a server in this program.
 */
@Command(name = "lazy-fetch", description = "A page for each task, through one lazy connection.")
@Recipe("R11")
final class LazyFetch implements Callable<Integer> {
  private static final int PAGE_BYTES = 2048;
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    var _ =
        server.createContext(
            "/index.html",
            exchange -> {
              exchange.sendResponseHeaders(200, PAGE_BYTES);
              exchange.getResponseBody().write(new byte[PAGE_BYTES]);
              exchange.close();
            });
    server.start();
    try (Scheduler scheduler = Scheduler.create()) {
      LazyConnection shared = new LazyConnection(server.getAddress());
      scheduler.spawn("Ada", () -> fetch(shared));
      scheduler.spawn("Bob", () -> fetch(shared));
      scheduler.run();
    } finally {
      server.stop(0);
    }
    return 0;
  }

  private void fetch(LazyConnection shared) throws Exception {
    String request = "GET /index.html HTTP/1.0\r\nHost: localhost\r\n\r\n";
    shared.use(
        socket -> {
          await(socket.send(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII))));
          ByteBuffer buffer = ByteBuffer.allocate(8192);
          while (await(socket.recv(buffer)) >= 0) {
            // until the server ends the connection
          }
          String response = StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
          int body = response.indexOf("\r\n\r\n") + 4;
          terminal.say("Got " + (response.length() - body) + " bytes");
        });
  }
}
