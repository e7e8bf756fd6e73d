package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Job;
import dev.heddle.process.JobProcess;
import dev.heddle.process.JobType;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessQueue;
import dev.heddle.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Producer and consumers in three processes: {@code JoinableQueue} and the sentinel of Python's
 * {@code multiprocessing}.
 *
 * <p>You will see that the producer goes on only when all its items are done, and that one sentinel
 * ends both consumers, as each puts it back for the other. Who got which item is chance.
 */
@Command(name = "process-queue", description = "Producer and consumers in three processes.")
@Recipe("R20")
final class ProcessQueues implements Runnable {
  private static final int SENTINEL = -1;

  @Mixin private final Terminal terminal = new Terminal();

  /** Takes items until it takes the sentinel; gives how many there were, and their sum. */
  static final class Consumer implements Job<String, List<Integer>> {
    @Override
    public List<Integer> run(String name) throws Exception {
      ProcessQueue<Integer> items = Parent.queue(name, Integer.class);
      int count = 0;
      int sum = 0;
      for (int item = await(items.get()); item != SENTINEL; item = await(items.get())) {
        count++;
        sum += item;
        await(items.taskDone());
      }
      await(items.put(SENTINEL));
      return List.of(count, sum);
    }
  }

  @Override
  public void run() {
    ProcessQueue<Integer> items = ProcessQueue.open("items", Integer.class, 10);
    ProcessOptions options = ProcessOptions.DEFAULT.sharing(items);
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          () -> {
            List<JobProcess<List<Integer>>> consumers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
              consumers.add(
                  JobProcess.start(scheduler, options, JobType.of(Consumer.class), "items"));
            }
            for (int item = 1; item <= 100; item++) {
              await(items.put(item));
            }
            await(items.join());
            terminal.out().println("all 100 items are done");
            await(items.put(SENTINEL));
            int count = 0;
            int sum = 0;
            for (JobProcess<List<Integer>> consumer : consumers) {
              List<Integer> part = await(consumer.join());
              count += part.get(0);
              sum += part.get(1);
            }
            terminal.out().println("consumed: " + count + " items, their sum is " + sum);
          });
      scheduler.run();
    }
  }
}
