package dev.heddle.samples.programs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.LineTooLongException;
import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketWriter;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.TaskGroup;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** HTTP/1.0 as far as GET needs it: a server of pages from memory, and a client. */
final class Web {
  private static final int LONGEST_LINE = 1000;
  private static final int MOST_BYTES = 1 << 16;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  record Response(int status, String body) {}

  private Web() {}

  static void serve(Awaiter co, TcpListener listener, Map<String, String> pages) throws Exception {
    try (listener;
        var clients = TaskGroup.supervisor()) {
      while (true) {
        TcpSocket socket = co.await(listener.accept());
        clients.spawn("client " + socket.remoteAddress(), c -> answer(c, socket, pages));
      }
    }
  }

  private static void answer(Awaiter co, TcpSocket socket, Map<String, String> pages)
      throws Exception {
    try (socket) {
      Response response = respond(co, new SocketReader(socket, LONGEST_LINE), pages);
      byte[] body = response.body().getBytes(UTF_8);
      SocketWriter writer = new SocketWriter(socket);
      co.await(writer.writeLine("HTTP/1.0 " + response.status() + " x\r"));
      co.await(writer.writeLine("Content-Length: " + body.length + "\r\n\r"));
      co.await(writer.write(body).within(PATIENCE));
      co.await(writer.flush().within(PATIENCE));
    }
  }

  private static Response respond(Awaiter co, SocketReader reader, Map<String, String> pages)
      throws IOException {
    try {
      String[] words = line(co, reader).split(" ");
      while (!line(co, reader).isEmpty()) {} // headers, which are all the same to this server
      if (words.length < 2 || !words[0].equals("GET")) {
        return new Response(400, "only GET");
      }
      String page = pages.get(words[1]);
      return page == null ? new Response(404, "no such page") : new Response(200, page);
    } catch (LineTooLongException e) {
      return new Response(400, "a line is too long");
    } catch (TimeoutException e) {
      return new Response(408, "too slow");
    }
  }

  private static String line(Awaiter co, SocketReader reader) throws IOException, TimeoutException {
    byte[] line = co.await(reader.readLine().within(PATIENCE));
    if (line == null) {
      throw new EOFException("the peer ended in the middle of its message");
    }
    return new String(line, US_ASCII).strip();
  }

  static Response get(Awaiter co, InetSocketAddress server, String path) throws Exception {
    try (TcpSocket socket = co.await(TcpSocket.connect(server).within(PATIENCE))) {
      co.await(socket.send(US_ASCII.encode("GET " + path + " HTTP/1.0\r\n\r\n")));
      SocketReader reader = new SocketReader(socket, LONGEST_LINE);
      int status = Integer.parseInt(line(co, reader).split(" ")[1]);
      while (!line(co, reader).isEmpty()) {} // the body ends with the connection
      byte[] body = co.await(reader.readAll(MOST_BYTES).within(PATIENCE));
      return new Response(status, new String(body, UTF_8));
    }
  }
}
