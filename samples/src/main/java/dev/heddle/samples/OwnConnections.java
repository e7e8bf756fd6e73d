package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Barrier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What each task has of its own, in an object that they share (Python Cookbook 12.6).
 *
 * <p>You will see two tasks use one {@link LazyConnection} at the same time, and the server greet
 * each of them on a connection of its own, by another number; and that a task which has one open is
 * refused a second.
 */
@Command(name = "task-local", description = "Two tasks, two connections, one object.")
@Recipe("R11")
final class OwnConnections implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  private final Barrier bothConnected = new Barrier("both connected", 2);

  @Override
  public Integer call() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
        Scheduler scheduler = Scheduler.create()) {
      LazyConnection shared = new LazyConnection(listener.localAddress());
      scheduler.daemons().spawn("server", co -> greet(co, listener));
      Task<String> ada = scheduler.submit("Ada", () -> visit(shared));
      Task<String> bob = scheduler.submit("Bob", () -> visit(shared));
      scheduler.run();
      terminal.say("Ada: " + ada.resultNow());
      terminal.say("Bob: " + bob.resultNow());
    }
    return 0;
  }

  private static void greet(Awaiter co, TcpListener listener) throws IOException {
    for (int n = 1; ; n++) {
      TcpSocket client = co.await(listener.accept());
      String greeting = "you are client " + n + "\n";
      co.await(client.send(ByteBuffer.wrap(greeting.getBytes(StandardCharsets.UTF_8))));
    }
  }

  private String visit(LazyConnection shared) throws Exception {
    StringBuilder heard = new StringBuilder();
    shared.use(
        socket -> {
          await(bothConnected.await());
          byte[] line = Objects.requireNonNull(await(new Lines(socket).readLine()), "a line");
          heard.append(new String(line, StandardCharsets.UTF_8).strip());
          try {
            shared.use(more -> heard.append(", and twice"));
          } catch (IllegalStateException e) {
            heard.append("; ").append(e.getMessage());
          }
        });
    return heard.toString();
  }
}
