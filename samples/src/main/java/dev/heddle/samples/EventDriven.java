package dev.heddle.samples;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Callbacks and tasks side by side on one loop: two echo servers, the first made of handlers that
 * are called back (Python Cookbook 11.12), the second of tasks.
 *
 * <p>You will see a client talk to each: the callbacks tell when they are called, the tasks need
 * none; then a client of callbacks. {@link LoudHandler} and {@link LoudClient} have the callbacks,
 * {@link Dispatcher} is the way between the worlds.
 */
@Command(name = "dispatcher", description = "Callbacks (handleRead, ...) and tasks on one loop.")
@Recipe("R22")
final class EventDriven implements Callable<Integer> {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws IOException {
    try (TcpListener first = TcpListener.bind(ANY_PORT);
        TcpListener second = TcpListener.bind(ANY_PORT);
        Scheduler scheduler = Scheduler.create()) {
      Spawner servers = scheduler.daemons();
      Dispatcher dispatcher = new Dispatcher(servers);
      dispatcher.register(first, new LoudHandler(terminal));
      servers.spawn(
          co -> {
            while (true) {
              servers.spawn(EchoServer.handler(co.await(second.accept())));
            }
          });
      scheduler.spawn(
          co -> {
            talk(co, first, "hello, callbacks\n");
            talk(co, second, "hello, tasks\n");
            Event closed = new Event("closed");
            dispatcher.connect(second.localAddress(), new LoudClient(terminal, closed));
            co.await(closed.await());
          });
      scheduler.run();
    }
    return 0;
  }

  private void talk(Awaiter co, TcpListener server, String line) throws IOException {
    try (TcpSocket socket = co.await(TcpSocket.connect(server.localAddress()))) {
      co.await(socket.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8))));
      Lines lines = new Lines(socket);
      terminal.say("client: " + text(co.await(lines.readLine())));
      socket.shutdownOutput();
      terminal.say("client: " + text(co.await(lines.readLine())));
    }
  }

  private static String text(byte @Nullable [] line) {
    return line == null ? "the end" : new String(line, StandardCharsets.UTF_8).strip();
  }
}
