package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chat server that one writes first: each client has a reader, a writer and a bounded queue
 * between them; a line goes to the queues of all, and who does not take lines is dropped.
 */
@ParameterizedClass
@MethodSource("engines")
class ChatBurstTest {
  private static final int CLIENTS = 3;
  private static final int BURST = 40;

  @Parameter Engine engine;

  private final List<Client> clients = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  private record Client(String name, TcpSocket socket, Queue<byte[]> lines) {}

  /** How a line gets into the queue of a client; false if it does not. */
  private interface Put {
    boolean put(Awaiter co, Client client, byte[] line) throws Exception;
  }

  private static void write(Awaiter co, Client client) throws IOException {
    while (true) {
      byte[] line = co.await(client.lines.get());
      co.await(client.socket.send(ByteBuffer.wrap(line)));
    }
  }

  private void read(Awaiter co, Client from, Put put) throws Exception {
    Lines lines = new Lines(from.socket);
    for (byte[] line = co.await(lines.readLine());
        line != null;
        line = co.await(lines.readLine())) {
      byte[] message = (new String(line, US_ASCII).strip() + "\n").getBytes(US_ASCII);
      for (Client client : List.copyOf(clients)) {
        if (!put.put(co, client, message)) {
          dropped.add(client.name);
          clients.remove(client);
          client.socket.close();
        }
      }
    }
  }

  private void serve(Awaiter co, TcpListener listener, int capacity, Put put) throws IOException {
    Scheduler scheduler = co.task().scheduler();
    for (int i = 0; i < CLIENTS; i++) {
      TcpSocket socket = co.await(listener.accept());
      Client client = new Client("client " + i, socket, Queue.fifo("of client " + i, capacity));
      clients.add(client);
      scheduler.daemons().spawn("reader " + i, reader -> read(reader, client, put));
      scheduler.daemons().spawn("writer " + i, writer -> write(writer, client));
    }
  }

  private static String burst() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < BURST; i++) {
      text.append("line ").append(i).append('\n');
    }
    return text.toString();
  }

  /** All clients send a burst, each in one piece, and read what all have sent. */
  private void talk(int capacity, Put put) throws Exception {
    try (Scheduler scheduler =
            Scheduler.builder().engine(engine).failureReporter((task, failure) -> {}).build();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      List<Task<Integer>> talkers = new ArrayList<>();
      Task<?> server = scheduler.spawn("server", co -> serve(co, listener, capacity, put));
      for (int i = 0; i < CLIENTS; i++) {
        talkers.add(
            scheduler.submit(
                "talker " + i,
                co -> {
                  try (TcpSocket socket = co.await(TcpSocket.connect(listener.localAddress()))) {
                    co.await(server.join());
                    co.await(socket.send(ByteBuffer.wrap(burst().getBytes(US_ASCII))));
                    Lines lines = new Lines(socket);
                    int heard = 0;
                    while (heard < CLIENTS * BURST && co.await(lines.readLine()) != null) {
                      heard++;
                    }
                    return heard;
                  }
                }));
      }
      scheduler.run();
      assertThat(dropped).isEmpty();
      for (Task<Integer> talker : talkers) {
        assertThat(talker.resultNow()).isEqualTo(CLIENTS * BURST);
      }
    }
  }

  @Test
  void aBurstDropsNobodyWhoTakesItsLines() throws Exception {
    talk(4, (co, client, line) -> client.lines.tryPut(line));
  }

  @Test
  void whoGivesASlowReaderTimeDropsNobodyHoweverSmallTheQueue() throws Exception {
    talk(
        1,
        (co, client, line) -> {
          try {
            co.await(client.lines.put(line).within(Duration.ofSeconds(50)));
            return true;
          } catch (TimeoutException e) {
            return false;
          }
        });
  }
}
