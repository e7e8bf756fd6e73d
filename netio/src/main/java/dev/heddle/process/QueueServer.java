package dev.heddle.process;

import dev.heddle.process.Message.Reason;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.QueueShutdownException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parent's side of the queues that one child uses. Each operation of the child gets a task of
 * its own, which waits in the child's place. So a child takes its turn among those who wait as any
 * task does.
 */
final class QueueServer {
  private final Spawner daemons;
  private final FramedConnection connection;
  private final Map<String, HostedQueue<?>> queues = new HashMap<>();

  /** The tasks of the operations that are not over, by the numbers of the operations. */
  private final Map<Long, Task<?>> asking = new HashMap<>();

  QueueServer(Spawner daemons, FramedConnection connection, List<HostedQueue<?>> shared) {
    this.daemons = daemons;
    this.connection = connection;
    for (HostedQueue<?> queue : shared) {
      queues.put(queue.name(), queue);
    }
  }

  /** Begins an operation. */
  void ask(Message.Ask ask) {
    HostedQueue<?> queue = queues.get(ask.queue());
    if (queue == null) {
      String why =
          "no queue '" + ask.queue() + "' is shared with this process, only " + queues.keySet();
      connection.post(new Message.Denied(ask.number(), Reason.MISUSE, why));
    } else {
      asking.put(
          ask.number(),
          daemons.spawn("asked by a child for " + queue, co -> serve(co, queue, ask)));
    }
  }

  private void serve(Awaiter co, HostedQueue<?> queue, Message.Ask ask) throws IOException {
    long number = ask.number();
    try {
      byte @Nullable [] item = queue.perform(co, ask.operation(), ask.item());
      connection.post(new Message.Answer(number, item));
    } catch (QueueShutdownException e) {
      deny(number, Reason.SHUTDOWN, e);
    } catch (CodecException e) {
      deny(number, Reason.CODEC, e);
    } catch (IllegalStateException e) {
      deny(number, Reason.MISUSE, e);
    } catch (Cancelled e) {
      connection.post(new Message.Withdrawn(number));
      throw e;
    } finally {
      asking.remove(number);
    }
  }

  private void deny(long number, Reason reason, Exception failure) {
    connection.post(new Message.Denied(number, reason, String.valueOf(failure.getMessage())));
  }

  void shutdown(String name) {
    HostedQueue<?> queue = queues.get(name);
    if (queue != null) {
      queue.shutdown();
    }
  }

  /** Undoes an operation. If the operation is over, its answer is already on the way. */
  void withdraw(long number) {
    Task<?> task = asking.get(number);
    if (task != null) {
      task.cancel("the child's task was cancelled");
    }
  }

  /** The child has ended, so its operations are undone. */
  void close() {
    for (Task<?> task : List.copyOf(asking.values())) {
      task.cancel("the child has ended");
    }
  }
}
