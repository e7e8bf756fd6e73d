package dev.heddle.test;

import static dev.heddle.test.PrimitivePrograms.check;
import static dev.heddle.test.PrimitivePrograms.each;
import static dev.heddle.test.PrimitivePrograms.spawn;

import dev.heddle.pool.PollableQueue;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.sync.QueueShutdownException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Those of {@link PrimitivePrograms} that are about queues between schedulers. */
final class PollableQueuePrograms {
  private PollableQueuePrograms() {}

  static void pollableQueue(Simulation sim) throws Exception {
    PollableQueue<Integer> queue = new PollableQueue<>("q");
    List<Integer> taken = new ArrayList<>();
    Promise<Boolean> gotten = new Promise<>();
    Promise<Boolean> put = new Promise<>();
    TaskBody gets =
        co -> {
          taken.add(co.await(queue.get()));
          queue.taskDone();
        };
    sim.network()
        .host("gets")
        .start(
            co -> {
              gets.run(co);
              boolean _ = gotten.complete(true);
            });
    sim.network()
        .host("puts")
        .start(
            co -> {
              queue.put(1);
              queue.put(2);
              boolean _ = put.complete(true);
            });
    sim.mayCancel(sim.scheduler().spawn("A", gets));
    spawn(sim, "B", gets);
    spawn(
        sim,
        "C",
        co -> {
          queue.put(3);
          queue.put(4);
          boolean _ = co.await(put);
          boolean owed = !queue.toString().endsWith(" 0 getting");
          Integer item = queue.tryGet();
          if (item != null) {
            check(!owed, "it has taken what belongs to one that waits");
            taken.add(item);
            queue.taskDone();
          }
          boolean _ = co.await(gotten);
        });
    sim.run();
    spawn(
        sim,
        "takes the rest",
        co -> {
          for (Integer item = queue.tryGet(); item != null; item = queue.tryGet()) {
            taken.add(item);
            queue.taskDone();
          }
          co.await(queue.join());
        });
    sim.run();
    check(taken.size() == 4 && Set.copyOf(taken).equals(Set.of(1, 2, 3, 4)), "taken: " + taken);
  }

  static void pollableQueueShutDown(Simulation sim) throws Exception {
    PollableQueue<Integer> queue = new PollableQueue<>("q");
    int[] ends = new int[2];
    Promise<Boolean> otherDone = new Promise<>();
    sim.network()
        .host("other")
        .start(
            co -> {
              try {
                int one = co.await(queue.get());
                ends[0] += one;
              } catch (QueueShutdownException e) {
                ends[1]++;
              }
              boolean _ = otherDone.complete(true);
            });
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          try {
            int one = co.await(queue.get());
            ends[0] += one;
          } catch (QueueShutdownException e) {
            ends[1]++;
          }
        });
    spawn(
        sim,
        "shuts down",
        co -> {
          co.await(Task.yield());
          queue.put(1);
          queue.shutdown();
          boolean _ = co.await(otherDone);
        });
    sim.run();
    check(ends[0] == 1 && ends[1] == 2, ends[0] + " taken, " + ends[1] + " have heard of it");
  }

  /** Who was called for an item leaves before it comes: the item is for the next. */
  static void pollableQueueLeft(Simulation sim) throws Exception {
    PollableQueue<Integer> queue = new PollableQueue<>("q");
    List<Integer> taken = new ArrayList<>();
    sim.network()
        .host("gone")
        .start(
            co -> {
              Task<?> _ =
                  Scheduler.current()
                      .spawn(
                          "gets",
                          c -> {
                            int item = c.await(queue.get());
                            queue.put(item + 1);
                          });
              co.await(Task.yield());
              queue.put(1);
            });
    spawn(sim, "B", co -> taken.add(co.await(queue.get())));
    sim.run();
    sim.sometimes(taken.contains(1), "the item is for B");
    check(taken.size() == 1, "taken: " + taken);
  }
}
