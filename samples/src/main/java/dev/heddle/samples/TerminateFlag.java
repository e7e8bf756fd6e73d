package dev.heddle.samples;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A reader of a socket that looks at a flag now and then, as a thread must (Python Cookbook 12.1);
 * a task may as well be cancelled, which {@code tasks} shows.
 *
 * <p>You will see the reader get a message, then find nothing within its timeout and look at its
 * flag; and end by itself, with the connection closed, when the flag says so.
 */
@Command(name = "terminate-flag", description = "A reader with a timeout, that looks at a flag.")
@Recipe("R6")
final class TerminateFlag implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMillis(100);
  @Mixin private final Terminal terminal = new Terminal();

  private boolean running = true;

  @Override
  public Integer call() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
        Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("reader", co -> read(co, listener));
      scheduler.spawn("main", co -> talk(co, listener));
      scheduler.run();
    }
    return 0;
  }

  private void read(Awaiter co, TcpListener listener) throws IOException {
    try (TcpSocket socket = co.await(listener.accept())) {
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      int looks = 0;
      while (running) {
        try {
          if (co.await(socket.recv(buffer).within(PATIENCE)) < 0) {
            break;
          }
          terminal.say("got " + StandardCharsets.UTF_8.decode(buffer.flip()));
          buffer.clear();
        } catch (TimeoutException e) {
          if (looks++ == 0) {
            terminal.say("nothing in time: the flag says " + (running ? "go on" : "end"));
          }
        }
      }
    }
    terminal.say("the reader has ended, its connection is closed");
  }

  private void talk(Awaiter co, TcpListener listener) throws IOException {
    try (TcpSocket socket = co.await(TcpSocket.connect(listener.localAddress()))) {
      co.await(socket.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8))));
      co.await(Timers.sleep(PATIENCE.multipliedBy(3)));
      terminal.say("terminate");
      running = false;
      int end = co.await(socket.recv(ByteBuffer.allocate(1)));
      terminal.say(end < 0 ? "the peer sees the end" : "the peer sees more");
    }
  }
}
