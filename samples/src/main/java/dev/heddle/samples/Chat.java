package dev.heddle.samples;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A chat server: what one client sends, all others get.
 *
 * <p>A client is two tasks, one that reads and one that writes, with a bounded queue before the
 * writer. Who sends a line waits for room in the queues of the others, so a burst costs a healthy
 * reader nothing. A client that does not take a line within the time allowed is shut out, and so is
 * one that neither sends nor gets a line for five minutes.
 */
final class Chat {
  private static final int WAITING_LINES = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration IDLE = Duration.ofMinutes(5);

  /** What waits for each client that is here. */
  private final Set<Queue<byte[]>> outboxes = new LinkedHashSet<>();

  /** Serves until the task is cancelled. */
  void serve(Awaiter co, TcpListener listener) throws IOException {
    try (listener;
        TaskGroup<?> clients = TaskGroup.supervisor()) {
      while (true) {
        TcpSocket socket = co.await(listener.accept());
        clients.spawn("chat " + socket.remoteAddress(), c -> talk(c, socket));
      }
    }
  }

  private void talk(Awaiter co, TcpSocket socket) throws Exception {
    Queue<byte[]> outbox = Queue.fifo("outbox", WAITING_LINES);
    try (socket;
        TaskGroup<?> writer = TaskGroup.open()) {
      socket.setIdleTimeout(IDLE);
      writer.spawn("writer", w -> write(w, outbox, socket)); // if it fails, so does this block
      outboxes.add(outbox);
      try {
        Lines lines = new Lines(socket, 1000);
        byte[] line;
        while ((line = co.await(lines.readLine())) != null) {
          broadcast(co, outbox, line);
        }
      } finally {
        outboxes.remove(outbox);
        outbox.shutdown();
      }
      co.await(writer.join());
    }
  }

  /** Somebody who hears all that is said here, and is no client: another server. */
  Queue<byte[]> join() {
    Queue<byte[]> outbox = Queue.fifo("outbox", WAITING_LINES);
    outboxes.add(outbox);
    return outbox;
  }

  /** All hear the line but the one whose outbox it is, who has said it. */
  void broadcast(Awaiter co, Queue<byte[]> own, byte[] line) {
    for (Queue<byte[]> outbox : List.copyOf(outboxes)) { // clients come and go meanwhile
      if (outbox != own) {
        try {
          co.await(outbox.put(line));
        } catch (QueueShutdownException gone) {
          // the client has left while this line was on its way to others
        }
      }
    }
  }

  private static void write(Awaiter co, Queue<byte[]> outbox, TcpSocket socket) throws Exception {
    try {
      while (true) {
        ByteBuffer line = ByteBuffer.wrap(co.await(outbox.get()));
        co.await(socket.send(line).within(PATIENCE));
      }
    } catch (QueueShutdownException end) {
      // all that waited has been sent
    }
  }
}
