package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@link Chat}, and three who talk.
 *
 * <p>You will see that all hear Ada's greeting, and that a burst of 40 lines, four times what waits
 * for one client at most, arrives whole at both of the others.
 */
@Command(name = "chat", description = "A chat server: a burst of lines drops no healthy reader.")
final class ChatRoom implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws Exception {
    TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
    Chat chat = new Chat();
    Scheduler.run(
        co -> {
          Scheduler.current().spawn("server", server -> chat.serve(server, listener));
          talk(co, listener.localAddress());
        });
    return 0;
  }

  private void talk(Awaiter co, InetSocketAddress server) throws IOException {
    try (TcpSocket ada = co.await(TcpSocket.connect(server));
        TcpSocket bob = co.await(TcpSocket.connect(server));
        TcpSocket cleo = co.await(TcpSocket.connect(server))) {
      Lines atBob = new Lines(bob);
      Lines atCleo = new Lines(cleo);
      say(co, cleo, "I am here");
      terminal.say("Bob reads: " + read(co, atBob)); // so that the server knows them all
      StringBuilder burst = new StringBuilder();
      for (int n = 1; n <= 40; n++) {
        burst.append("Ada has much to tell, ").append(n).append('\n');
      }
      co.await(ada.send(UTF_8.encode(burst.toString())));
      hear(co, "Bob", atBob);
      hear(co, "Cleo", atCleo);
    }
  }

  private static void say(Awaiter co, TcpSocket socket, String line) throws IOException {
    co.await(socket.send(UTF_8.encode(line + "\n")));
  }

  private static String read(Awaiter co, Lines lines) throws IOException {
    byte[] line = co.await(lines.readLine());
    return line == null ? "the end" : new String(line, UTF_8).strip();
  }

  private void hear(Awaiter co, String who, Lines lines) throws IOException {
    String last = "";
    int count = 0;
    for (; count < 40; count++) {
      last = read(co, lines);
    }
    terminal.say(who + " reads " + count + " lines, and the last is: " + last);
  }
}
