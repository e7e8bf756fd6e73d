package dev.heddle.samples;

import static dev.heddle.net.echo.EchoServer.Style.COROUTINE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.ServerLimits;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A port forwarder: two tasks for each connection, one for each direction.
 *
 * <p>You will see the answer of an echo server to a line that has no newline, only an end: each
 * direction ends by itself, so the client's end is handed on, and the way back stays open.
 */
@Command(name = "forwarder", description = "A port forwarder: each direction ends by itself.")
final class Forwarder implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws Exception {
    Scheduler.run(
        co -> {
          Scheduler scheduler = Scheduler.current();
          InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
          EchoServer target = EchoServer.open(scheduler, any, COROUTINE, ServerLimits.DEFAULT);
          TcpListener door = TcpListener.bind(any);
          scheduler.spawn("door", d -> forward(d, door, target.localAddress()));
          try (TcpSocket socket = co.await(TcpSocket.connect(door.localAddress()))) {
            co.await(socket.send(UTF_8.encode("is this all?")));
            socket.shutdownOutput();
            ByteBuffer answer = ByteBuffer.allocate(100);
            while (co.await(socket.recv(answer)) >= 0) {}
            terminal.say(UTF_8.decode(answer.flip()));
          }
        });
    return 0;
  }

  private static void forward(Awaiter co, TcpListener door, SocketAddress to) throws Exception {
    try (door;
        TaskGroup<?> connections = TaskGroup.supervisor()) {
      while (true) {
        TcpSocket near = co.await(door.accept());
        connections.spawn("from " + near.remoteAddress(), c -> connect(c, near, to));
      }
    }
  }

  private static void connect(Awaiter co, TcpSocket near, SocketAddress to) throws Exception {
    try (near;
        var far = co.await(TcpSocket.connect(to));
        var both = TaskGroup.open()) {
      both.spawn("there", there -> pump(there, near, far));
      both.spawn("back", back -> pump(back, far, near));
      co.await(both.join());
    }
  }

  private static void pump(Awaiter co, TcpSocket from, TcpSocket to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8 * 1024);
    while (co.await(from.recv(buffer.clear())) >= 0) {
      co.await(to.send(buffer.flip()));
    }
    to.shutdownOutput();
  }
}
