package dev.heddle.process;

import dev.heddle.process.Message.Reason;
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
 * The parent's side of the queues that one child uses: a task for each question of the child's,
 * which waits in the child's stead. So a child has its place among those who wait as any task has.
 */
final class QueueServer {
  private final Spawner daemons;
  private final Link link;
  private final Map<String, HostedQueue<?>> queues = new HashMap<>();
  private final Map<Long, Task<?>> asking = new HashMap<>();

  QueueServer(Spawner daemons, Link link, List<ProcessQueue<?>> shared) {
    this.daemons = daemons;
    this.link = link;
    for (ProcessQueue<?> queue : shared) {
      queues.put(queue.name(), (HostedQueue<?>) queue);
    }
  }

  void ask(Message.Ask ask) {
    HostedQueue<?> queue = queues.get(ask.queue());
    if (queue == null) {
      link.post(
          new Message.Denied(
              ask.number(),
              Reason.MISUSE,
              "no queue '"
                  + ask.queue()
                  + "' is shared with this process, only "
                  + queues.keySet()));
    } else {
      asking.put(
          ask.number(), daemons.spawn("asked by a child for " + queue, () -> serve(queue, ask)));
    }
  }

  private void serve(HostedQueue<?> queue, Message.Ask ask) throws IOException {
    long number = ask.number();
    try {
      byte @Nullable [] item = queue.perform(ask.operation(), ask.item());
      link.post(new Message.Answer(number, item));
    } catch (QueueShutdownException e) {
      link.post(new Message.Denied(number, Reason.SHUTDOWN, String.valueOf(e.getMessage())));
    } catch (CodecException e) {
      link.post(new Message.Denied(number, Reason.CODEC, e.getMessage()));
    } catch (IllegalStateException e) {
      link.post(new Message.Denied(number, Reason.MISUSE, String.valueOf(e.getMessage())));
    } catch (Cancelled e) {
      link.post(new Message.Withdrawn(number));
      throw e;
    } finally {
      asking.remove(number);
    }
  }

  void shutdown(String name) {
    HostedQueue<?> queue = queues.get(name);
    if (queue != null) {
      queue.shutdown();
    }
  }

  /** If it is done by now, the answer is on its way. */
  void withdraw(long number) {
    Task<?> task = asking.get(number);
    if (task != null) {
      task.cancel("the child's task was cancelled");
    }
  }

  /** The child is gone: nobody is there to be given anything. */
  void close() {
    for (Task<?> task : List.copyOf(asking.values())) {
      task.cancel("the child has ended");
    }
  }
}
