package dev.heddle.samples.programs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.Connection;
import dev.heddle.net.LineTooLongException;
import dev.heddle.net.Server;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketWriter;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A server that speaks a little of the protocol of Redis: PING, ECHO, SET, GET, DEL, INCR. */
final class Redis {
  private static final int MOST_ARGUMENTS = 16;
  private static final int MOST_BYTES = 1 << 16;

  /** One scheduler, so no lock: no other task runs between two awaits. */
  private final Map<String, byte[]> values = new TreeMap<>();

  /** The client does not speak the protocol. */
  private static final class Nonsense extends Exception {
    private static final long serialVersionUID = 1;

    Nonsense(String what) {
      super(what);
    }
  }

  ServerBuilder on(Scheduler scheduler) {
    return Server.on(scheduler, this::talk)
        .name("redis")
        .limits(ServerLimits.DEFAULT.withMaxLineLength(1024))
        .answers(Redis::tooMuch);
  }

  private static byte[] tooMuch(IOException why) {
    String what = why instanceof LineTooLongException ? "line too long" : "out of memory";
    return ("-ERR " + what + "\r\n").getBytes(UTF_8);
  }

  private void talk(Awaiter co, Connection connection) throws IOException {
    SocketReader in = connection.reader();
    SocketWriter out = connection.writer();
    try {
      for (List<byte[]> call = read(co, in); call != null; call = read(co, in)) {
        answer(co, out, call);
        if (in.buffered() == 0) {
          co.await(out.flush());
        }
      }
    } catch (Nonsense e) {
      co.await(out.write("-ERR Protocol error: " + e.getMessage() + "\r\n", UTF_8));
    }
  }

  /** The arguments of a call; null at the end. */
  private List<byte[]> read(Awaiter co, SocketReader in) throws IOException, Nonsense {
    String head = co.await(in.readLine(US_ASCII));
    if (head == null) {
      return null;
    }
    if (!head.startsWith("*")) { // typed by hand
      return List.of(head.split(" ")).stream().map(word -> word.getBytes(US_ASCII)).toList();
    }
    int count = number(head, '*', MOST_ARGUMENTS);
    List<byte[]> arguments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arguments.add(readBytes(co, in));
    }
    return arguments;
  }

  private static byte[] readBytes(Awaiter co, SocketReader in) throws IOException, Nonsense {
    String head = co.await(in.readLine(US_ASCII));
    byte[] bytes = co.await(in.readExactly(number(head, '$', MOST_BYTES)));
    byte[] end = co.await(in.readExactly(2));
    if (bytes == null || end == null || end[0] != '\r' || end[1] != '\n') {
      throw new Nonsense("unbalanced bytes");
    }
    return bytes;
  }

  private static int number(String head, char kind, int most) throws Nonsense {
    if (head == null || !head.matches("\\" + kind + "\\d{1,6}")) {
      throw new Nonsense("expected '" + kind + "' and a number");
    }
    int number = Integer.parseInt(head.substring(1));
    if (number > most) {
      throw new Nonsense(kind + " is more than " + most);
    }
    return number;
  }

  private void answer(Awaiter co, SocketWriter out, List<byte[]> call) throws IOException {
    String name = call.isEmpty() ? "" : new String(call.getFirst(), UTF_8).toUpperCase(Locale.ROOT);
    String key = call.size() < 2 ? "" : new String(call.get(1), UTF_8);
    switch (name + " " + call.size()) {
      case "PING 1" -> co.await(out.write("+PONG\r\n", UTF_8));
      case "ECHO 2" -> bytes(co, out, call.get(1));
      case "GET 2" -> bytes(co, out, values.get(key));
      case "SET 3" -> {
        values.put(key, call.get(2));
        co.await(out.write("+OK\r\n", UTF_8));
      }
      case "DEL 2" -> number(co, out, values.remove(key) == null ? 0 : 1);
      case "INCR 2" -> increment(co, out, key);
      default -> co.await(out.write("-ERR unknown command or number of arguments\r\n", UTF_8));
    }
  }

  private void increment(Awaiter co, SocketWriter out, String key) throws IOException {
    String old = new String(values.getOrDefault(key, new byte[] {'0'}), UTF_8);
    if (old.matches("-?\\d{1,18}")) {
      long more = Long.parseLong(old) + 1;
      values.put(key, Long.toString(more).getBytes(UTF_8));
      number(co, out, more);
    } else {
      co.await(out.write("-ERR value is not an integer or out of range\r\n", UTF_8));
    }
  }

  private static void number(Awaiter co, SocketWriter out, long number) throws IOException {
    co.await(out.write(":" + number + "\r\n", UTF_8));
  }

  private static void bytes(Awaiter co, SocketWriter out, byte[] bytes) throws IOException {
    if (bytes == null) {
      co.await(out.write("$-1\r\n", UTF_8));
      return;
    }
    co.await(out.write("$" + bytes.length + "\r\n", UTF_8));
    co.await(out.write(bytes));
    co.await(out.write("\r\n", UTF_8));
  }
}
