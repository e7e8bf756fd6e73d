package dev.heddle.samples;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.pool.PollableQueue;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One task polls two queues, which another thread fills, and a socket at once (Python Cookbook
 * 12.13, PollableQueue). There a queue carries a socket for {@code select}; here {@code get} is an
 * event as {@code recv} is.
 *
 * <p>You will see {@code orders: 1}, {@code returns: 2}, {@code socket: 3} and so on up to 9. The
 * thread sends the next when the last was heard: no timer, and nobody looks again and again.
 */
@Command(name = "poll-queues", description = "A task polls several queues and a socket at once.")
@Recipe("R17")
final class PollQueues implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();
  private final PollableQueue<Integer> orders = new PollableQueue<>("orders");
  private final PollableQueue<Integer> returns = new PollableQueue<>("returns");
  private final PollableQueue<Boolean> heard = new PollableQueue<>("heard");

  @Override
  public void run() {
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("poller", this::poll);
      scheduler.run();
    }
  }

  private void poll(Awaiter co) throws Exception {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0))) {
      InetSocketAddress address = listener.localAddress();
      Thread.ofPlatform().daemon().name("sender").start(() -> send(address));
      try (TcpSocket socket = co.await(listener.accept())) {
        for (int i = 0; i < 9; i++) {
          terminal.out().println(next(co, socket));
          heard.put(true);
        }
      }
    }
  }

  private String next(Awaiter co, TcpSocket socket) throws Exception {
    ByteBuffer digit = ByteBuffer.allocate(1);
    var first = co.await(Select.<Object>any(orders.get(), returns.get(), socket.recv(digit)));
    return switch (first.index()) {
      case 0 -> "orders: " + first.value();
      case 1 -> "returns: " + first.value();
      default -> "socket: " + StandardCharsets.US_ASCII.decode(digit.flip());
    };
  }

  /** The other thread. */
  private void send(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      for (int n = 1; n <= 9; n++) {
        switch (n % 3) {
          case 1 -> orders.put(n);
          case 2 -> returns.put(n);
          default -> socket.getOutputStream().write('0' + n);
        }
        var _ = heard.take();
      }
    } catch (IOException | InterruptedException e) {
      terminal.out().println("the sender gave up: " + e);
    }
  }
}
